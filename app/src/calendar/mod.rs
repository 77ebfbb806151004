//! The interactive calendar that portal and office share.
