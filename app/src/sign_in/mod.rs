//! The door: sign-in, reset, invitation, links of letters.
