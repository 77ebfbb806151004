//! The database, one step a file, on SQLite and PostgreSQL.
