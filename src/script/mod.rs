//! The action language and the RON formats.
