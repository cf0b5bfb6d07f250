//! Looks at screens.
mod screen;
use screen::*;
use paxoscope::world::Setup;

#[test]
fn look() {
    let size: Vec<u16> = std::env::var("SIZE").unwrap_or("80x24".into()).split('x').map(|n| n.parse().unwrap()).collect();
    let mut setup = Setup::default();
    if let Ok(cluster) = std::env::var("CLUSTER") {
        let n: Vec<u8> = cluster.split('x').map(|n| n.parse().unwrap()).collect();
        setup.cluster.acceptors = n[0];
        setup.cluster.leaders = n[1];
        setup.cluster.replicas = n[2];
    }
    let mut model = match std::env::var("OPEN").as_deref() {
        Ok("home") => paxoscope::app::Model::home(paxoscope::app::Offer::built_in()),
        Ok(lesson) => {
            let file = paxoscope::teach::built_in().iter().find(|one| one.id == lesson).unwrap();
            let lesson = paxoscope::script::Lesson::parse(file.file, file.text).unwrap();
            paxoscope::app::Model::lesson(paxoscope::teach::Player::new(lesson).unwrap())
        }
        Err(_) => sandbox(&setup),
    };
    paxoscope::app::update(&mut model, paxoscope::app::Msg::Resize(size[0], size[1]));
    let script = std::env::var("KEYS").unwrap_or_default();
    for part in script.split('/') {
        press(&mut model, part);
        println!("{part}\n{}", glyphs(&buffer(&model, size[0], size[1])));
    }
}
