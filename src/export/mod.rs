//! A run to other formats: narration, JSON.
