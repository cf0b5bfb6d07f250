//! The model and its update.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::script::{FileError, Lesson, Scenario, ThemeFile};
use crate::session::Session;
use crate::teach::{Progress, Quiz, QuizTerms, built_in};
use crate::world::Setup;

use super::COMMANDS;
use super::command::{Command, Id, Scope};
use super::contrast::{Rgb, is_light};
use super::kept::{Keep, session_of};
use super::lesson::Player;
use super::prompt::{Picked, Purpose};
use super::{
    Colors, Help, Key, Keymap, Line, Mouse, News, Pick, Play, Seek, Shelved, Sought, Stage, Target, Theme, Typing,
    actions, habits, hints, motion, mouse, seek,
};

/// How many typed lines are remembered.
const MOST_REMEMBERED: usize = 100;

/// What can happen to the program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Msg {
    /// A key was pressed.
    Key(Key),
    /// The terminal has this many columns and rows now.
    Resize(u16, u16),
    /// A command was chosen by its name.
    Do(Id),
    /// A line was typed that says what is to be done, in the action language.
    Line(String),
    /// Ctrl-C: leave, as the command does; a second one while it asks does not ask again.
    Interrupt,
    /// The mouse did something, and this is what is under it.
    Mouse(Mouse, Option<Target>),
    /// The terminal said which colour its background has.
    Background(Rgb),
    /// The terminal does not say which colour its background has, or not soon.
    Untold,
    /// The terminal is too slow for what only moves.
    Slow,
    /// The time that [`Effect::WakeAfter`] asked for is over.
    Tick,
    /// What [`Effect::Load`] asked for: the kept run's file, or why it cannot be read.
    Loaded {
        /// The file's name.
        name: String,
        /// Its text.
        text: Result<String, String>,
    },
    /// Runs and progress cannot be kept; why.
    NotKept(String),
    /// The lesson file that [`Effect::Watch`] named was changed.
    Saved {
        /// The file's name.
        name: String,
        /// Its text now, or why it cannot be read.
        text: Result<String, String>,
    },
    /// Something is heard of the search that [`Effect::Explore`] began.
    Explored {
        /// Which search.
        id: u64,
        /// How it goes.
        news: News,
    },
}

/// What whoever runs the program must do for it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Leave; the terminal is given back.
    Quit,
    /// Paint everything anew, whatever the terminal shows.
    Repaint,
    /// Stop the process as Ctrl-Z does (Unix only), and paint everything anew on return.
    Suspend,
    /// From here on the mouse is told as [`Msg::Mouse`], or is the terminal's own again.
    Mouse(bool),
    /// Send [`Msg::Tick`] after so many milliseconds; a wish that is still open is forgotten.
    WakeAfter(u64),
    /// Keep these steps of a run, or send [`Msg::NotKept`]. Nobody waits for it.
    Keep(Keep),
    /// Keep how far a lesson is, or send [`Msg::NotKept`]. Nobody waits for it.
    KeepProgress(Box<Progress>),
    /// Send [`Msg::Saved`] whenever this file changes from now on, and no other; `None`: none at all.
    Watch(Option<String>),
    /// Send the text of this kept run as [`Msg::Loaded`].
    Load(String),
    /// Answer this question beside the screen, and send [`Msg::Explored`]; a search that goes on is given up.
    Explore(Box<Sought>),
    /// Give up the search that goes on.
    StopExploring,
}

/// Where the user is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Place {
    /// The list of lessons, the sandbox, and the runs that are open.
    #[default]
    Home,
    /// On one of the open stages.
    Stage(usize),
}

/// What lies on top of the place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Overlay {
    /// All keys.
    Help(Help),
    /// "C0 asks: …"
    Request(Line),
    /// "What is this run called?"
    Name(Line),
    /// "Which slide?"
    Slide(Line),
    /// "Which process?"
    Pick(Pick),
    /// A line that is typed: an action, a text to find, …
    Typing(Typing),
    /// All that the beat says.
    Text,
    /// "Is there a schedule that …?"
    Seek(Box<Seek>),
    /// An empty screen, so that the class looks at the lecturer.
    Blank,
    /// "Really quit?"
    Quit,
}

/// One sentence in the message line: why a key could not act, or what it did where that is not to be seen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notice {
    /// The sentence.
    pub text: String,
    /// Whether it says why something could not be done.
    pub refused: bool,
}

/// What home offers to open.
#[derive(Clone, Debug)]
pub enum Offer {
    /// A lesson; it is played from its beginning when it is opened.
    Lesson(Shelved),
    /// A new sandbox.
    Sandbox(Box<Session>),
    /// A quiz.
    Quiz(QuizTerms),
    /// A run that was kept.
    Recent(Recent),
}

/// A run that was kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recent {
    /// Its file's name, as [`Effect::Load`] asks for it.
    pub name: String,
    /// What it is called.
    pub title: String,
    /// When it was, and how long it is.
    pub about: String,
}

impl Offer {
    /// The lesson, if it is one; it is read now, if it was not yet.
    pub fn lesson(&self) -> Option<&Lesson> {
        self.shelved().and_then(Shelved::lesson)
    }

    /// The lesson without reading it, if it is one.
    pub fn shelved(&self) -> Option<&Shelved> {
        match self {
            Self::Lesson(lesson) => Some(lesson),
            _ => None,
        }
    }

    /// All that is part of the program: the lessons, and a sandbox of the usual size.
    pub fn built_in() -> Vec<Self> {
        let lessons = built_in().iter().filter_map(|lesson| Shelved::built_in(*lesson));
        let sandbox = Session::new(Setup::default()).ok().map(|session| Self::Sandbox(Box::new(session)));
        let quiz = Self::Quiz(QuizTerms::default());
        lessons.map(Self::Lesson).chain(sandbox).chain([quiz]).collect()
    }
}

/// The home screen.
#[derive(Clone, Debug, Default)]
pub struct Home {
    /// What can be opened.
    pub offers: Vec<Offer>,
    /// Which line is selected: first the offers, then the open stages.
    pub selected: usize,
    /// The line that was clicked at, and the first row of the list as it stood.
    pub(crate) held: Option<(usize, usize)>,
}

/// Everything that is on the screen.
#[derive(Clone, Debug, Default)]
// Each is one answer of the user or of the terminal, and any of them goes with any other.
#[allow(clippy::struct_excessive_bools)]
pub struct Model {
    pub(crate) theme: Theme,
    /// Whether somebody chose the theme; else it is only a guess, which the terminal's background may correct.
    pub(crate) theme_is_chosen: bool,
    /// Whether the terminal's background is light, as far as is known.
    pub(crate) light: Option<bool>,
    /// Its colour, if the terminal told it.
    pub(crate) background: Option<Rgb>,
    /// Whether the terminal was asked for its background and has not told it.
    pub(crate) untold: bool,
    pub(crate) colors: Colors,
    /// What the user changes of a theme.
    pub(crate) theme_patch: Option<Arc<ThemeFile>>,
    pub(crate) keymap: Keymap,
    /// Whether the mouse is the program's.
    pub(crate) mouse: bool,
    /// Whether messages are seen to move.
    pub(crate) moves: bool,
    pub(crate) size: (u16, u16),
    pub(crate) home: Home,
    pub(crate) stages: Vec<Stage>,
    pub(crate) place: Place,
    pub(crate) overlay: Option<Overlay>,
    pub(crate) notice: Option<Notice>,
    /// Whether only ASCII may be drawn.
    pub(crate) ascii: bool,
    /// Whether somebody keeps the runs.
    pub(crate) keeps: bool,
    /// Lines that were typed, the newest last.
    pub(crate) history: Vec<String>,
    /// How far the learner is in each lesson that was ever begun, by its id.
    pub(crate) progress: BTreeMap<String, Progress>,
    /// The names of the lesson files that may change while they are played, and which of them is watched.
    pub(crate) files: BTreeSet<String>,
    pub(crate) watched: Option<String>,
    /// A key that does something only when it is pressed twice, after its first press.
    pub(crate) presses_again: Option<Key>,
    /// The same while the next key is handled.
    pub(crate) pressed_before: Option<Key>,
    /// From the end of which stage which other one was gone on to.
    pub(crate) went_on: Vec<(usize, usize)>,
    /// How many searches were begun.
    pub(crate) searches: u64,
    /// Draws what a lesson hides.
    pub(crate) seed: u64,
    /// Draws what happens in a run that plays itself, if the user chose it.
    pub(crate) autoplay_seed: Option<u64>,
}

impl Model {
    /// The home screen with what it offers.
    pub fn home(offers: Vec<Offer>) -> Self {
        Self { home: Home { offers, selected: 0, held: None }, ..Self::default() }
    }

    /// A free run, at once on the stage; home offers what is built in.
    pub fn sandbox(session: Session) -> Self {
        let mut model = Self::home(Offer::built_in());
        model.open(Play::Sandbox(Box::new(session)));
        model
    }

    /// A lesson, at once on the stage; home offers what is built in.
    pub fn lesson(player: Player) -> Self {
        let mut model = Self::home(Offer::built_in());
        model.open(Play::Lesson(Box::new(player)));
        model
    }

    /// A quiz, at once on the stage; home offers what is built in. `None` if there is nothing to ask.
    pub fn quiz(terms: QuizTerms) -> Option<Self> {
        let mut model = Self::home(Offer::built_in());
        model.open(Play::Quiz(Box::new(Quiz::new(terms)?)));
        Some(model)
    }

    /// The same with another theme.
    #[must_use]
    pub fn with_theme(mut self, theme: Theme) -> Self {
        self.theme = theme;
        self.theme_is_chosen = true;
        self
    }

    /// The same on a terminal of so many colours.
    #[must_use]
    pub fn with_colors(mut self, colors: Colors) -> Self {
        self.colors = colors;
        self
    }

    /// The same with a theme that nobody chose: the terminal may say better.
    #[must_use]
    pub fn with_guessed_theme(mut self, theme: Theme) -> Self {
        self.theme = theme;
        self.theme_is_chosen = false;
        self
    }

    /// The same on a background that is known to be light, or to be dark.
    #[must_use]
    pub fn with_background(mut self, light: Option<bool>) -> Self {
        self.light = light;
        self
    }

    /// The same with these changes to a theme.
    #[must_use]
    pub fn with_theme_patch(mut self, patch: ThemeFile) -> Self {
        self.theme_patch = Some(Arc::new(patch));
        self
    }

    /// The same with these keys.
    #[must_use]
    pub fn with_keymap(mut self, keymap: Keymap) -> Self {
        self.keymap = keymap;
        self
    }

    /// The same with the mouse in the program's hands, or in the terminal's.
    #[must_use]
    pub fn with_mouse(mut self, mouse: bool) -> Self {
        self.mouse = mouse;
        self
    }

    /// The same with messages that are seen to move: see [`Effect::WakeAfter`].
    #[must_use]
    pub fn with_motion(mut self, moves: bool) -> Self {
        self.moves = moves;
        self
    }

    /// The same, drawn with ASCII only.
    #[must_use]
    pub fn with_ascii(mut self, ascii: bool) -> Self {
        self.ascii = ascii;
        self
    }

    /// The same with another seed for what lessons hide.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The same with another seed for runs that play themselves.
    #[must_use]
    pub fn with_autoplay_seed(mut self, seed: u64) -> Self {
        self.autoplay_seed = Some(seed);
        self
    }

    /// The same with somebody who keeps every run: see [`Effect::Keep`].
    #[must_use]
    pub fn with_keeping(mut self) -> Self {
        if !self.keeps {
            self.keeps = true;
            for (run, stage) in self.stages.iter_mut().enumerate() {
                stage.keep(run, None);
            }
        }
        self
    }

    /// The same with more to open at home. A lesson takes the place of one with the same id, a quiz that of the quiz.
    #[must_use]
    pub fn with_offers(mut self, offers: Vec<Offer>) -> Self {
        for offer in offers {
            let same = |other: &Offer| match (other, &offer) {
                (Offer::Lesson(one), Offer::Lesson(other)) => one.id == other.id,
                (Offer::Quiz(_), Offer::Quiz(_)) => true,
                _ => false,
            };
            match self.home.offers.iter_mut().find(|other| same(other)) {
                Some(place) => *place = offer,
                None => self.home.offers.push(offer),
            }
        }
        self
    }

    /// Opens the text of a scenario at its end, as a run that goes on in the kept file it comes from.
    pub fn resume(&mut self, name: &str, text: &str) -> Result<(), FileError> {
        let scenario = Scenario::parse(name, text)?;
        let session = session_of(name, &scenario)?;
        self.open_stage(Stage::new(Play::Sandbox(Box::new(session))).titled(&scenario.title), Some(name.to_owned()));
        Ok(())
    }

    /// How many columns and rows the terminal has.
    pub fn size(&self) -> (u16, u16) {
        self.size
    }

    /// How many colours are used.
    pub fn colors(&self) -> Colors {
        self.colors
    }

    /// Whether the terminal's background is light, as far as is known.
    pub fn background_is_light(&self) -> Option<bool> {
        self.light
    }

    /// The colour of the terminal's background, if it told it.
    pub fn background(&self) -> Option<Rgb> {
        self.background
    }

    /// Whether nobody can say which theme can be read: nobody chose one, and the terminal does not tell its background.
    pub fn theme_is_in_doubt(&self) -> bool {
        self.untold && self.light.is_none() && self.theme_is_guess()
    }

    /// Whether the theme is only a guess, which [`Msg::Background`] may correct.
    pub fn theme_is_guess(&self) -> bool {
        !self.theme_is_chosen
    }

    /// What the user changes of the theme that is shown.
    pub fn theme_patch(&self) -> Option<&ThemeFile> {
        let patch = self.theme_patch.as_deref()?;
        patch.base.as_ref().is_none_or(|base| base.text == self.theme.name()).then_some(patch)
    }

    /// The keys.
    pub fn keymap(&self) -> &Keymap {
        &self.keymap
    }

    /// Whether the mouse is the program's.
    pub fn mouse(&self) -> bool {
        self.mouse
    }

    /// Whether only ASCII may be drawn.
    pub fn ascii(&self) -> bool {
        self.ascii
    }

    /// Whether somebody keeps the runs, so that leaving loses nothing.
    pub fn keeps(&self) -> bool {
        self.keeps
    }

    /// Which colours are used.
    pub fn theme(&self) -> Theme {
        self.theme
    }

    /// Whether there is no room for the boxes of all processes, as far as the size is known.
    pub(crate) fn is_small(&self) -> bool {
        self.size != (0, 0) && super::is_small(self.size)
    }

    /// Where the user is.
    pub fn place(&self) -> Place {
        self.place
    }

    /// The home screen.
    pub fn home_screen(&self) -> &Home {
        &self.home
    }

    /// The first row of the list at home, if a click has just selected in it.
    pub fn held_row_at_home(&self) -> Option<usize> {
        self.home.held.filter(|(line, _)| *line == self.home.selected).map(|(_, first)| first)
    }

    /// Selects the line of this number at home, the first being 0.
    pub fn select_at_home(&mut self, line: usize) {
        self.home.selected = line;
    }

    /// The stages that are open.
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// The stage that is shown.
    pub fn stage(&self) -> Option<&Stage> {
        match self.place {
            Place::Home => None,
            Place::Stage(at) => self.stages.get(at),
        }
    }

    pub(crate) fn stage_mut(&mut self) -> Option<&mut Stage> {
        match self.place {
            Place::Home => None,
            Place::Stage(at) => self.stages.get_mut(at),
        }
    }

    /// What lies on top.
    pub fn overlay(&self) -> Option<&Overlay> {
        self.overlay.as_ref()
    }

    /// What the message line says.
    pub fn notice(&self) -> Option<&Notice> {
        self.notice.as_ref()
    }

    /// Puts something new on the stage.
    pub fn open(&mut self, play: Play) {
        self.open_stage(Stage::new(play), None);
    }

    /// Puts a stage on top of the others; its run goes on from a kept file, or is new.
    pub fn open_stage(&mut self, mut stage: Stage, origin: Option<String>) {
        habits::pause_all(self);
        if self.keeps {
            stage.keep(self.stages.len(), origin);
        }
        self.stages.push(stage);
        self.place = Place::Stage(self.stages.len() - 1);
    }

    /// Which commands apply: those of what is on top.
    pub fn scope(&self) -> Scope {
        match (&self.overlay, self.place) {
            (Some(Overlay::Help(_)), _) => Scope::Help,
            (Some(Overlay::Request(_) | Overlay::Name(_) | Overlay::Slide(_)), _) => Scope::Request,
            (Some(Overlay::Pick(_)), _) => Scope::Pick,
            (Some(Overlay::Typing(_)), _) => Scope::Typing,
            (Some(Overlay::Seek(_)), _) => Scope::Seek,
            (Some(Overlay::Blank | Overlay::Text), _) => Scope::Blank,
            (Some(Overlay::Quit), _) => Scope::Quit,
            (None, Place::Home) => Scope::Home,
            (None, Place::Stage(_)) => Scope::Stage,
        }
    }

    /// Remembers a line that was typed.
    pub(crate) fn remember(&mut self, line: &str) {
        self.history.retain(|other| other != line);
        self.history.push(line.to_owned());
        let many = self.history.len().saturating_sub(MOST_REMEMBERED);
        self.history.drain(..many);
    }

    fn refuse(&mut self, text: String) {
        self.notice = Some(Notice { text, refused: true });
    }

    /// A key that edits the text of a prompt or moves in it; false if it does not.
    fn edit(&mut self, key: Key) -> bool {
        match &mut self.overlay {
            Some(Overlay::Request(line) | Overlay::Name(line) | Overlay::Slide(line)) => line.edit(key),
            Some(Overlay::Pick(pick)) => {
                let purpose = pick.purpose;
                match pick.key(key) {
                    Picked::NotAKey => return false,
                    Picked::Going => {}
                    Picked::This(process) => {
                        if let Err(why) = actions::picked(self, purpose, process) {
                            self.refuse(why);
                        }
                    }
                    Picked::Nobody => {
                        let who = match purpose {
                            Purpose::Elect => "leader",
                            Purpose::Crash => "process",
                            Purpose::Resend => "leader, replica or client that is up",
                        };
                        let typed = format!("{}{}", pick.typed, key.label().to_uppercase());
                        self.refuse(format!("no {who} here is called \"{typed}\""));
                    }
                }
                true
            }
            Some(Overlay::Typing(_)) => habits::edit(self, key),
            Some(Overlay::Help(help)) => help.edit(key),
            _ => false,
        }
    }

    fn press(&mut self, key: Key) -> Vec<Effect> {
        // Nothing changes but what the terminal may show by mistake, so nothing else comes of it.
        if self.keymap.command(key, self.scope()).is_some_and(|command| command.id == Id::Repaint) {
            return vec![Effect::Repaint];
        }
        self.notice = None;
        self.pressed_before = self.presses_again.take();
        if matches!(self.overlay, Some(Overlay::Blank | Overlay::Text)) {
            self.overlay = None;
            return Vec::new();
        }
        if self.edit(key) {
            return Vec::new();
        }
        let Some(command) = self.keymap.command(key, self.scope()) else {
            let hint = if matches!(self.scope(), Scope::Request | Scope::Pick | Scope::Typing | Scope::Seek) {
                format!("{} closes", self.keymap.first(Id::Close))
            } else {
                format!("{} shows all", self.keymap.first(Id::Help))
            };
            self.tell(format!("{} is not a key here; {hint}", key.label()));
            return Vec::new();
        };
        self.run(command, key)
    }

    /// Does a command, or says why not.
    fn run(&mut self, command: &Command, key: Key) -> Vec<Effect> {
        if command.id != Id::GoOn
            && let Some(stage) = self.stage_mut()
        {
            stage.forget_walk();
        }
        let done = match hints::task_refuses(self, command.id).or_else(|| command.why_not(self)) {
            Some(why) => Err(why),
            None => command.run(self, key),
        };
        match done {
            // Nobody did anything wrong.
            Err(why) if hints::only_looks(command.id) => {
                self.tell(why);
                Vec::new()
            }
            done => self.said(done),
        }
    }

    fn said(&mut self, done: Result<Vec<Effect>, String>) -> Vec<Effect> {
        done.unwrap_or_else(|why| {
            self.refuse(why);
            Vec::new()
        })
    }

    /// Does the command of this name, if it applies here.
    pub(super) fn choose(&mut self, id: Id) -> Vec<Effect> {
        self.notice = None;
        let command = COMMANDS.iter().find(|command| command.id == id && command.applies(self.scope()));
        let Some((command, key)) = command.and_then(|command| Some((command, *command.keys.first()?))) else {
            self.refuse("that cannot be done here".to_owned());
            return Vec::new();
        };
        self.run(command, key)
    }
}

/// Changes the model; does no I/O.
pub fn update(model: &mut Model, msg: Msg) -> Vec<Effect> {
    let was = motion::place(model);
    let mut effects = if matches!(msg, Msg::Tick | Msg::Resize(..)) { Vec::new() } else { motion::end(model) };
    effects.extend(heed(model, msg));
    motion::follow(model, was, &mut effects);
    effects.extend(model.note_progress());
    effects.extend(model.note_file());
    if model.keeps {
        let kept = model.stages.iter_mut().flat_map(Stage::take_kept);
        effects.extend(kept.map(Effect::Keep));
    }
    effects
}

/// What a message asks for or tells.
fn heed(model: &mut Model, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Key(key) => return model.press(key),
        Msg::Mouse(mouse, target) => return mouse::act(model, mouse, target),
        Msg::Interrupt => return interrupt(model),
        Msg::Do(id) => return model.choose(id),
        Msg::Line(text) => {
            model.notice = None;
            let done = habits::obey(model, text.trim());
            return model.said(done);
        }
        Msg::Tick => return motion::tick(model),
        Msg::Background(color) => {
            let light = is_light(color);
            (model.light, model.background) = (Some(light), Some(color));
            if !std::mem::replace(&mut model.theme_is_chosen, true) {
                model.theme = if light { Theme::Light } else { Theme::Dark };
            }
        }
        Msg::Untold => model.untold = true,
        Msg::Slow => model.moves = false,
        Msg::Resize(columns, rows) => model.size = (columns, rows),
        Msg::Loaded { name, text } => {
            if let Err(why) = text.and_then(|text| model.resume(&name, &text).map_err(|error| error.to_string())) {
                model.refuse(why);
            }
        }
        Msg::Saved { name, text } => model.reload(&name, text),
        Msg::Explored { id, news } => seek::hear(model, id, news),
        Msg::NotKept(why) => {
            model.keeps = false;
            model.refuse(format!("this run cannot be saved ({why}); all else goes on as it was"));
        }
    }
    Vec::new()
}

/// Gives up a search, and leaves.
fn interrupt(model: &mut Model) -> Vec<Effect> {
    model.notice = None;
    let given_up = seek::give_up(model);
    let done = actions::quit(model, Key::Esc);
    given_up.into_iter().chain(model.said(done)).collect()
}
