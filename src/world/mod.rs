//! The cluster around the protocol.
