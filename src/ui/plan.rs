//! Where everything on the stage stands. Only sizes go in: the same terminal and cluster always give the same places.

use ratatui::layout::{Constraint, Layout, Rect};

use crate::pmmc::{Cluster, ProcessId};

/// How a process is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shape {
    /// A box with its name in the border.
    Boxed,
    /// Its name, then its fields, without a border.
    Flat,
    /// All in one line.
    Row,
}

/// Where one process stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Spot {
    pub(crate) process: ProcessId,
    pub(crate) area: Rect,
    pub(crate) shape: Shape,
}

/// The processes in three columns with the wires between them, or in one.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Spots {
    pub(crate) all: Vec<Spot>,
    /// Between replicas and leaders, and between leaders and acceptors.
    pub(crate) gaps: [Rect; 2],
    /// Where "+3 more" stands, for each column that does not fit.
    pub(crate) more: Vec<(Rect, usize)>,
}

/// The panels of the stage screen. A panel that has no room is empty.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Panels {
    pub(crate) header: Rect,
    pub(crate) clients: Rect,
    pub(crate) stage: Rect,
    pub(crate) lesson: Rect,
    pub(crate) flight: Rect,
    pub(crate) why: Rect,
    pub(crate) side: Rect,
    pub(crate) hints: Rect,
}

/// From this width on three columns stand beside each other.
pub(crate) const THREE_COLUMNS: u16 = crate::app::BOXES.0;

/// What is played, as far as the panels depend on it. It changes with what the user does, never with a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Scene {
    /// The lesson, if one is played.
    pub(crate) lesson: Option<Teaching>,
    /// Whether the processes that matter are shown large, as on a slide.
    pub(crate) large: bool,
    /// Whether the run is shown as a diagram, which needs a wider side.
    pub(crate) diagram: bool,
}

/// What a lesson does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Teaching {
    /// It tells: its words have most of the room.
    Tells,
    /// It asks: no choice may be cut, whatever else gives way.
    Asks {
        /// The rows of what is told and asked, the title included.
        wanted: u16,
        /// The same with the words before the question in one row.
        least: u16,
        /// Whether it asks of a message, which then has a row.
        of_message: bool,
    },
    /// The learner plays, in a task or off the path: the messages have most of the room, but what is to be done is told.
    LetsPlay {
        /// The rows of what is told, the title included.
        wanted: u16,
    },
    /// A task's goal is reached: the stage stays as it was, and below it the words have most of the room.
    HasPlayed,
}

/// From this width and height on there is a panel at the side.
const ROOMY: (u16, u16) = (140, 34);

/// The panel at the side is at most so wide: longer lines are hard to read.
const SIDE: u16 = 72;

/// The same for a diagram and the words beside it.
const DIAGRAM: u16 = 76;

/// The rows that hold every question of a lesson at 80 columns, the title included.
const LESSON: u16 = 8;

/// The rows of a list of messages that still is one: its title, and two messages.
const LIST: u16 = 3;

/// The same where lines are short.
const LONG_LESSON: u16 = LESSON + 2;

/// The stage has so many rows at least, whatever a lesson asks.
const LEAST_STAGE: u16 = 2;

/// Whether three columns of boxes do not fit, so that every process has one line.
pub(crate) const fn is_small(area: Rect) -> bool {
    crate::app::is_small((area.width, area.height))
}

/// The panels for this size, and for what is played.
pub(crate) fn panels(area: Rect, cluster: Cluster, scene: Scene) -> Panels {
    let roomy = area.width >= ROOMY.0 && area.height >= ROOMY.1;
    // A lesson's words need longer lines, and its few processes less room.
    let side_width = match scene.lesson {
        _ if !roomy => 0,
        Some(_) => (area.width / 5 * 2).min(SIDE),
        None if area.width >= 200 => (area.width / 3).min(SIDE),
        None if scene.diagram => (area.width - THREE_COLUMNS).min(DIAGRAM),
        None => (area.width / 3).min(52),
    };
    let [header, body, hints] =
        Layout::vertical([Constraint::Length(1), Constraint::Fill(1), Constraint::Length(1)]).areas(area);
    let [main, side] = Layout::horizontal([Constraint::Fill(1), Constraint::Length(side_width)]).areas(body);
    let clients_height = clients_height(area, cluster);
    let stage_height = stage_height(area, cluster, scene);
    let below = main.height.saturating_sub(clients_height + stage_height);
    let (lesson_height, flight_height, why_height) = match scene.lesson {
        _ if area.height < 16 => (0, below.saturating_sub(2), 2.min(below)),
        _ if roomy => (0, below, 0),
        Some(Teaching::Tells | Teaching::HasPlayed) => {
            // Narrow lines are more lines.
            let wanted = if area.width < THREE_COLUMNS { LONG_LESSON } else { LESSON };
            let lesson = wanted.min(below.saturating_sub(1));
            (lesson, below - lesson, 0)
        }
        Some(Teaching::Asks { wanted, of_message, .. }) => {
            let usual = if area.width < THREE_COLUMNS { LONG_LESSON } else { LESSON };
            let usual = usual.min(below.saturating_sub(of_message.into()));
            // A panel that has one row more than this has no use for a list without a message.
            let lesson = if !of_message && below == usual + 1 { below } else { wanted.max(usual).min(below) };
            (lesson, below - lesson, 0)
        }
        Some(Teaching::LetsPlay { wanted }) => {
            let why = if below >= 12 { 3 } else { 0 };
            let half = (below - why).div_ceil(2).min(LESSON);
            let lesson = half.max(wanted.min((below - why).saturating_sub(LIST)));
            (lesson, below - lesson - why, why)
        }
        None => {
            let why = (3 + (area.height.saturating_sub(24) / 6).min(3)).min(below.saturating_sub(1));
            (0, below - why, why)
        }
    };
    let [clients, stage, lesson, flight, why] = Layout::vertical([
        Constraint::Length(clients_height),
        Constraint::Length(stage_height),
        Constraint::Length(lesson_height),
        Constraint::Length(flight_height),
        Constraint::Length(why_height),
    ])
    .areas(main);
    Panels { header, clients, stage, lesson, flight, why, side, hints }
}

/// What the clients wait for has a row. Where rows are few it needs clients.
fn clients_height(area: Rect, cluster: Cluster) -> u16 {
    u16::from(area.height >= 16 && (cluster.clients > 0 || !is_small(area)))
}

fn stage_height(area: Rect, cluster: Cluster, scene: Scene) -> u16 {
    let most = cluster.acceptors.max(cluster.leaders).max(cluster.replicas);
    if area.height < 16 {
        return area.height.saturating_sub(5);
    }
    if is_small(area) {
        // One line a process, or one box that leaves the lesson's words as much room as they need.
        let beyond = area.height.saturating_sub(18);
        let plays = matches!(scene.lesson, Some(Teaching::LetsPlay { .. } | Teaching::HasPlayed));
        let large = if plays { 6 } else { 5 } + beyond / 2;
        let usual = match scene.lesson {
            _ if scene.large => large.min(9),
            Some(_) => rows_beside_words(area, cluster),
            None => Lines::of(cluster).all.min(area.height.saturating_sub(8)),
        };
        let Some(Teaching::Asks { wanted, least, of_message }) = scene.lesson else { return usual };
        let beside = |wanted: u16| area.height.saturating_sub(wanted.saturating_add(2 + clients_height(area, cluster)));
        // What a class chooses from is whole. Where all processes are shown nobody moves between a question and its
        // answer, neither for the words before the question nor for the message of which it tells: that has a row
        // where the processes have all of theirs.
        let left = if scene.large { beside(wanted) } else { beside(wanted).max(beside(least).min(usual)) };
        let left = left - u16::from(of_message && left > usual);
        return left.clamp(LEAST_STAGE.min(usual), usual);
    }
    let beyond = area.height.saturating_sub(24);
    let base = 12_u16.saturating_sub(24_u16.saturating_sub(area.height)) + (beyond / 2).min(20);
    let wanted = u16::from(most) * 4;
    // Large clusters may take some rows of the list of messages.
    let height = wanted.clamp(base, base + 2 + beyond / 4);
    // A lesson's words come first.
    if scene.lesson.is_some() { height.min(area.height.saturating_sub(3 + LESSON + 1).max(10)) } else { height }
}

/// How many lines all processes need, each with one of its own.
struct Lines {
    /// Below each other.
    all: u16,
    /// Replicas and acceptors beside each other, the leaders, who have most to say, below them.
    beside: u16,
    /// Replicas and acceptors as close as they stand in two columns, the leaders below them.
    close: u16,
}

impl Lines {
    fn of(cluster: Cluster) -> Self {
        let [acceptors, leaders, replicas] = [cluster.acceptors, cluster.leaders, cluster.replicas].map(u16::from);
        let close = (replicas + acceptors).div_ceil(2) + leaders;
        Self { all: replicas + leaders + acceptors, beside: replicas.max(acceptors) + leaders, close }
    }
}

/// The rows of all processes beside a lesson's words on a small screen: the same in all of its beats, and so few that the
/// longest question has room.
fn rows_beside_words(area: Rect, cluster: Cluster) -> u16 {
    let words = if area.width < THREE_COLUMNS { LONG_LESSON } else { LESSON + 1 };
    let free = area.height.saturating_sub(2 + clients_height(area, cluster) + words);
    let lines = Lines::of(cluster);
    match () {
        () if area.width >= THREE_COLUMNS => lines.all.min(free),
        () if area.width / 2 < LEAST_ROW => lines.all.min(area.height.saturating_sub(8)),
        // Below each other where a message has a row as well.
        () if lines.all < free => lines.all,
        () if lines.beside <= free => lines.beside,
        // That leaders have lines of their own is worth a row of the words.
        () if lines.close <= free + 1 => lines.close,
        () => lines.all.div_ceil(2).min(area.height.saturating_sub(8)),
    }
}

/// The places of the processes in this area. Where not all fit, the one to be seen is among those that do.
pub(crate) fn spots(area: Rect, cluster: Cluster, seen: Option<ProcessId>) -> Spots {
    let replicas: Vec<ProcessId> = cluster.replicas().map(ProcessId::from).collect();
    let leaders: Vec<ProcessId> = cluster.leaders().map(ProcessId::from).collect();
    let acceptors: Vec<ProcessId> = cluster.acceptors().map(ProcessId::from).collect();
    let mut spots = Spots::default();
    let most = replicas.len().max(leaders.len()).max(acceptors.len());
    if area.width < THREE_COLUMNS || usize::from(area.height) < most.min(4) {
        let lines = Lines::of(cluster);
        let two = area.width / 2 >= LEAST_ROW && lines.all > area.height;
        if two && lines.beside <= area.height {
            above_leaders(area, [&replicas, &acceptors], &leaders, &mut spots);
        } else if two && lines.close <= area.height {
            let both = [replicas, acceptors].concat();
            let (left, right) = both.split_at(both.len().div_ceil(2));
            above_leaders(area, [left, right], &leaders, &mut spots);
        } else {
            let all: Vec<ProcessId> = replicas.into_iter().chain(leaders).chain(acceptors).collect();
            column(area, &all, 1, seen, &mut spots);
        }
        return spots;
    }
    let extra = area.width - THREE_COLUMNS;
    let (replica, leader, acceptor) =
        (21 + (extra / 8).min(13), 23 + (extra.min(200) * 3 / 8).min(23), 26 + (extra / 4).min(26));
    let gaps = (area.width - replica - leader - acceptor) / 2;
    let [left, first, middle, second, right] = Layout::horizontal([
        Constraint::Length(replica),
        Constraint::Length(gaps),
        Constraint::Length(leader),
        Constraint::Length(gaps),
        Constraint::Fill(1),
    ])
    .areas(area);
    // Where there is more room lists have more lines.
    let taller = area.height.saturating_sub(26) / 2;
    column(left, &replicas, 9 + taller, seen, &mut spots);
    column(middle, &leaders, 10 + taller, seen, &mut spots);
    column(right, &acceptors, 6 + taller, seen, &mut spots);
    spots.gaps = [first, second];
    spots
}

/// Two columns of lines, and the leaders below them in lines of their own.
fn above_leaders(area: Rect, columns: [&[ProcessId]; 2], leaders: &[ProcessId], spots: &mut Spots) {
    let half = area.width.div_ceil(2);
    let left = Rect { width: half - 1, ..area };
    let right = Rect { x: area.x + half, width: area.width - half, ..area };
    // Those of one role all have the same room.
    let is_shared = columns.map(|some| some.iter().any(|one| matches!(one, ProcessId::Acceptor(_)))) == [true; 2];
    let places = [left, if is_shared { Rect { width: left.width.min(right.width), ..right } } else { right }];
    let mut below = area.y;
    for (place, some) in places.into_iter().zip(columns) {
        let height = some.len() as u16;
        column(Rect { height, ..place }, some, 1, None, spots);
        below = below.max(area.y + height);
    }
    column(Rect { y: below, height: leaders.len() as u16, ..area }, leaders, 1, None, spots);
}

/// A box with a whole list in it is at least so wide; on a slide no box is wider than the other number.
const LARGE: (u16, u16) = (28, 52);

/// The places of these processes alone, as large as there is room, in the middle of the area: on a slide. Processes of one
/// role stand in columns of their own where there are enough; each gets as many lines as all can have, at least one.
pub(crate) fn large(area: Rect, processes: &[ProcessId]) -> Spots {
    let mut spots = Spots::default();
    if processes.is_empty() || area.is_empty() {
        return spots;
    }
    let columns = columns_of(processes, usize::from(area.width / LARGE.0).max(1));
    let count = columns.len() as u16;
    let each = (area.width / count).min(LARGE.1);
    let widths = widths(area, each, &columns);
    let mut x = area.x + (area.width - widths.iter().sum::<u16>()) / 2;
    // A box is as high as its role needs; those that stand alone beside each other are of one height.
    let highest = |process: &ProcessId| if matches!(process, ProcessId::Acceptor(_)) { 6 } else { 9 };
    let single = columns.iter().all(|(_, rows)| *rows == 1);
    let first = processes.first().map_or(9, highest);
    for ((some, rows), each) in columns.into_iter().zip(widths) {
        let highest = if single { first } else { some.first().map_or(9, highest) };
        let pitch = (area.height / rows).min(highest);
        let height = rows.saturating_mul(highest).min(area.height);
        let width = each.saturating_sub(u16::from(count > 1));
        let y = area.y + (area.height - height) / 2;
        // What is in a shorter column is as high as beside it.
        let height =
            if some.len() < usize::from(rows) { (pitch.max(1) * some.len() as u16).min(height) } else { height };
        column(Rect { x, y, width, height }, &some, highest, None, &mut spots);
        x += each;
    }
    spots
}

/// A replica in one line on a slide needs so many cells for its lists, and a box beside it has enough with the other number.
const LINE_BESIDE_BOX: (u16, u16) = (35, 25);

/// How wide each column of a slide is: all the same, unless replicas have lines only, and boxes can leave them the room.
fn widths(area: Rect, each: u16, columns: &[(Vec<ProcessId>, u16)]) -> Vec<u16> {
    let (line, boxed) = LINE_BESIDE_BOX;
    let own = columns.iter().map(|(some, rows)| match area.height / rows {
        0 | 1 if matches!(some[..], [ProcessId::Replica(_), ..]) => line,
        0..=3 => each,
        _ => boxed,
    });
    let own: Vec<u16> = own.collect();
    let helps = each < line && own.contains(&line) && own.iter().sum::<u16>() <= area.width;
    if helps { own } else { vec![each; columns.len()] }
}

/// The processes in at most so many columns: those of a role together, unless there are more roles than columns. A role
/// with several columns is read line by line. With each column the most rows that its role has in one.
fn columns_of(processes: &[ProcessId], most: usize) -> Vec<(Vec<ProcessId>, u16)> {
    let roles: Vec<&[ProcessId]> =
        processes.chunk_by(|one, other| std::mem::discriminant(one) == std::mem::discriminant(other)).collect();
    let roles = if roles.len() > most { vec![processes] } else { roles };
    // The longest one is divided as long as there is room for one more column.
    let mut parts = vec![1_usize; roles.len()];
    for _ in roles.len()..most {
        let length = |at: usize| roles[at].len().div_ceil(parts[at]);
        let longest = (0..roles.len()).rev().max_by_key(|at| length(*at)).filter(|at| length(*at) > 1);
        let Some(longest) = longest else { break };
        parts[longest] += 1;
    }
    let column = |role: &[ProcessId], nth: usize, parts: usize| {
        (role.iter().skip(nth).step_by(parts).copied().collect(), role.len().div_ceil(parts) as u16)
    };
    roles.iter().zip(parts).flat_map(|(role, parts)| (0..parts).map(move |nth| column(role, nth, parts))).collect()
}

/// The cells of a process in one line at least.
const LEAST_ROW: u16 = 28;

/// Processes below each other, each as high as all, at most `highest`.
fn column(area: Rect, processes: &[ProcessId], highest: u16, seen: Option<ProcessId>, spots: &mut Spots) {
    let count = processes.len() as u16;
    if count == 0 || area.is_empty() {
        return;
    }
    let beside = count.div_ceil(area.height);
    if beside > 1 && area.width / beside >= LEAST_ROW {
        // More than there are lines: in two or three columns of lines.
        let width = area.width / beside;
        for (nth, some) in (0..).zip(processes.chunks(usize::from(count.div_ceil(beside)))) {
            column(Rect { x: area.x + nth * width, width: width - 1, ..area }, some, highest, seen, spots);
        }
        return;
    }
    if count > area.height {
        let shown = area.height - 1;
        let last = Rect { y: area.bottom() - 1, height: 1, ..area };
        spots.more.push((last, usize::from(count - shown)));
        let at = processes.iter().position(|process| Some(*process) == seen).unwrap_or(0);
        let first = (at + 1).saturating_sub(shown.into());
        let processes = &processes[first..first + usize::from(shown)];
        column(Rect { height: shown, ..area }, processes, highest, seen, spots);
        return;
    }
    let pitch = area.height / count;
    let (shape, height) = match pitch.min(highest) {
        0 | 1 => (Shape::Row, 1),
        height @ 2..=3 => (Shape::Flat, height),
        height => (Shape::Boxed, height),
    };
    let pitch = if height == highest { pitch.min(height + 1) } else { pitch };
    for (at, process) in (0..).zip(processes) {
        let spot = Rect { y: area.y + at * pitch, height, ..area };
        spots.all.push(Spot { process: *process, area: spot, shape });
    }
}

impl Spots {
    /// Where this process stands.
    pub(crate) fn of(&self, process: ProcessId) -> Option<&Spot> {
        self.all.iter().find(|spot| spot.process == process)
    }
}
