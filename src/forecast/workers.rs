//! Threads that run futures beside everything else: lowest priority, stopped at once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::assimilate::{Draw, draws};
use super::future::Future;
use super::{Answer, Question};

/// Least favourable scheduling: the console goes first.
const LOWEST: i32 = 19;

/// Gives way to every other thread. Where the system does not allow it the futures still run.
pub(super) fn give_way() {
    #[cfg(target_os = "linux")]
    {
        // On Linux the priority of "process" 0 is that of the calling thread.
        let _ = rustix::process::setpriority_process(None, LOWEST);
    }
}

/// Does `work` for 0, 1, … `total` − 1 on `threads` threads and gives the results in order; `step` is called after each.
pub(super) fn each<T: Send>(
    total: usize,
    threads: usize,
    step: &(dyn Fn() + Sync),
    work: &(dyn Fn(usize) -> T + Sync),
) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(total));
    let run = || {
        loop {
            let i = next.fetch_add(1, Ordering::Relaxed);
            if i >= total {
                return;
            }
            let result = work(i);
            done.lock().unwrap_or_else(PoisonError::into_inner).push((i, result));
            step();
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads.clamp(1, total.max(1)) {
            scope.spawn(run);
        }
        run();
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(i, _)| *i);
    done.into_iter().map(|(_, result)| result).collect()
}

/// What the threads say.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// A first answer: fewer futures, shorter horizons.
    First(Answer),
    /// The whole answer.
    Whole(Answer),
    /// The threads could not be started.
    Failed(String),
}

/// Runs one pass: `futures` of every option to `horizons`, going on with those of `begun`, which are a pass before;
/// `None`: asked to stop. Results do not depend on `threads`.
#[expect(clippy::too_many_arguments, reason = "each is a thing of its own that the caller chooses")]
fn pass(
    question: &Question,
    drawn: &[Draw],
    futures: u32,
    horizons: &[u64],
    begun: Vec<Future>,
    threads: usize,
    give: bool,
    stop: &AtomicBool,
) -> Option<Vec<Future>> {
    let choices = question.choices.len().max(1) as u32;
    let total = futures * choices;
    let next = AtomicU32::new(0);
    let begun: BTreeMap<(u32, u32), Mutex<Option<Future>>> =
        begun.into_iter().map(|future| ((future.index, future.choice), Mutex::new(Some(future)))).collect();
    let done = Mutex::new(Vec::with_capacity(total as usize));
    let work = || {
        if give {
            give_way();
        }
        let mut own = Vec::new();
        loop {
            let i = next.fetch_add(1, Ordering::Relaxed);
            if i >= total {
                break;
            }
            let (future, choice) = (i / choices, i % choices);
            let before =
                begun.get(&(future, choice)).and_then(|b| b.lock().unwrap_or_else(PoisonError::into_inner).take());
            let mut running = before.unwrap_or_else(|| Future::new(question, drawn, choice, future));
            if !running.run(question, horizons, stop) {
                return;
            }
            own.push(running);
        }
        done.lock().unwrap_or_else(PoisonError::into_inner).append(&mut own);
    };
    thread::scope(|scope| {
        for _ in 1..threads.max(1) {
            scope.spawn(work);
        }
        work();
    });
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    (done.len() == total as usize).then_some(done)
}

/// Answers a question, telling `tell` each step; `None`: asked to stop.
fn run(question: &Question, threads: usize, give: bool, stop: &AtomicBool, mut tell: impl FnMut(Step)) -> Option<()> {
    let even = |n: u32| n.max(2).next_multiple_of(2);
    let records = |futures: &[Future]| futures.iter().map(Future::record).collect();
    let drawn = match &question.past {
        Some(past) => draws(past, &question.ranges, question.seed, even(question.futures) as usize / 2, threads, stop)?,
        None => Vec::new(),
    };
    let mut begun = Vec::new();
    if let Some((futures, horizons)) = question.first {
        let horizons = question.horizons_s.get(..horizons).unwrap_or(&question.horizons_s);
        begun = pass(question, &drawn, even(futures), horizons, begun, threads, give, stop)?;
        tell(Step::First(Answer::of(question, records(&begun), horizons, false)));
    }
    let horizons = &question.horizons_s;
    let whole = pass(question, &drawn, even(question.futures), horizons, begun, threads, give, stop)?;
    tell(Step::Whole(Answer::of(question, records(&whole), horizons, true)));
    Some(())
}

/// Answers a question on this thread and `threads` − 1 more.
pub fn answer(question: &Question, threads: usize) -> Answer {
    let mut last = Answer::default();
    let question = Question { first: None, ..question.clone() };
    run(&question, threads, false, &AtomicBool::new(false), |step| {
        if let Step::Whole(answer) = step {
            last = answer;
        }
    });
    last
}

/// Futures that are being run. Dropping it stops them: each thread ends within one minute of simulated time, less
/// than a millisecond.
#[derive(Debug)]
pub struct Running {
    steps: Receiver<Step>,
    stop: Arc<AtomicBool>,
}

impl Running {
    /// What was answered since the last look.
    pub fn look(&self) -> Option<Step> {
        self.steps.try_recv().ok()
    }

    /// Stops the threads; does not wait for them.
    pub fn cancel(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.cancel();
    }
}

/// Starts to answer a question on threads of lowest priority; `wake` is called after each step.
pub fn start(question: Question, threads: usize, wake: impl Fn() + Send + 'static) -> Running {
    let (sender, steps) = channel();
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    let failed: Sender<Step> = sender.clone();
    let spawned = thread::Builder::new().name("futures".to_owned()).spawn(move || {
        run(&question, threads, true, &flag, |step| {
            // Nobody listens any more: the flag says so as well.
            let _ = sender.send(step);
            wake();
        });
    });
    if let Err(error) = spawned {
        let _ = failed.send(Step::Failed(error.to_string()));
    }
    Running { steps, stop }
}
