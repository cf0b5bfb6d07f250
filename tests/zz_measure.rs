#![allow(clippy::all, clippy::unwrap_used, clippy::expect_used, clippy::panic, dead_code)]
mod screen;
use paxoscope::app::{Key, Model, Msg, update};
use paxoscope::script::Lesson;
use paxoscope::teach::{Player, built_in};
use screen::{draw, glyphs, press};
fn player(model: &Model) -> &Player {
    model.stage().unwrap().lesson().unwrap()
}
#[test]
fn frames() {
    let size = std::env::var("SIZE").unwrap_or("60x18".into());
    let (c, r) = size.split_once('x').unwrap();
    let (c, r): (u16, u16) = (c.parse().unwrap(), r.parse().unwrap());
    let large = std::env::var("LARGE").map(|x| x == "1").unwrap_or(true);
    let only = std::env::var("ONLY").unwrap_or_default();
    let asks = std::env::var("ASKS").is_ok();
    for file in built_in() {
        if !only.is_empty() && !only.split(',').any(|o| o == file.id) {
            continue;
        }
        let mut model = Model::lesson(Player::new(Lesson::parse(file.file, file.text).unwrap()).unwrap());
        update(&mut model, Msg::Resize(c, r));
        if std::env::var("LARGE").is_ok() && model.stage().unwrap().large(r < 24) != large {
            update(&mut model, Msg::Key(Key::F(5)));
            press(&mut model, "esc");
        }
        let mut x = 0;
        while !player(&model).finished() {
            let q = player(&model).question();
            if !asks || q.is_some_and(|q| q.is_open()) {
                println!(
                    "=== {} x{x} beat {} {size}\n{}",
                    file.id,
                    player(&model).beat_number(),
                    glyphs(&draw(&model, c, r))
                );
            }
            update(&mut model, Msg::Key(Key::PageDown));
            x += 1;
        }
        println!("=== {} x{x} END\n{}", file.id, glyphs(&draw(&model, c, r)));
    }
}
