//! Pages, islands and server functions; what is compiled for whom.
