//! The picture: `view(&Model)` into a ratatui frame. Changes no state.

use ratatui::Frame;

use crate::app::Model;

/// Draws the whole screen.
pub fn view(_model: &Model, frame: &mut Frame<'_>) {
    frame.render_widget("Paxoscope", frame.area());
}
