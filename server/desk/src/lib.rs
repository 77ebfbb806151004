//! What the office does. One file is one thing it does; one write is one transaction.
