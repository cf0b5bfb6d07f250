//! Jumping to a slide of the lecture: which lesson and which of its beats show it.

use crate::script::Lesson;

use super::player::Player;

/// Where a slide is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SlidePlace {
    /// Which of the lessons.
    pub lesson: usize,
    /// Which of its beats, the first being 0.
    pub beat: usize,
    /// The slide of that beat: the one asked for, or the nearest before it that is shown.
    pub slide: usize,
    /// Which of the beat's futures shows it.
    pub future: Option<usize>,
}

/// The beat that shows the slide of this number, or else the nearest slide before it.
pub fn find_slide<'a>(lessons: impl IntoIterator<Item = &'a Lesson>, slide: usize) -> Option<SlidePlace> {
    let mut found: Option<SlidePlace> = None;
    for (at, lesson) in lessons.into_iter().enumerate() {
        for row in lesson.slide_table.iter().filter(|row| row.slide.number <= slide) {
            let Some(beat) = lesson.beats.iter().position(|beat| beat.title == row.beat) else { continue };
            if found.is_none_or(|found| found.slide < row.slide.number) {
                let future = row.future.as_ref().and_then(|name| lesson.beats[beat].future(name));
                found = Some(SlidePlace { lesson: at, beat, slide: row.slide.number, future });
            }
        }
    }
    found
}

impl Player {
    /// Whether the lesson asks for the beat that is shown to be shown large, as on its slide.
    pub fn wants_large(&self) -> bool {
        let title = self.lesson().beats.get(self.at).map(|beat| &beat.title);
        self.lesson().slide_table.iter().any(|row| row.large && Some(&row.beat) == title)
    }
}
