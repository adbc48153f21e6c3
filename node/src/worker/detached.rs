//! Runs that can be left alone.
//!
//! An engine stops only between two pieces of work, and with a large model one piece may take many seconds. The node
//! waits at its end for every thread of its pool, so the engine has one of its own, which ends with the process.
//!
//! What panics in a node ends it, unless a guard says otherwise. Here one does: a prompt or a model file that somebody
//! else's code cannot cope with may cost a job, not the node.

use hanzo_inference::{
    engine::Cancel,
    worker::{
        chain::Job,
        pace::Pace,
        runner::{Output, Prompt, Runner},
    },
    Error,
};
use parking_lot::Mutex;
use sp_core::H256;
use sp_panic_handler::AbortGuard;
use std::{
    sync::{
        mpsc::{channel, RecvTimeoutError},
        Arc,
    },
    thread,
    time::Duration,
};

/// Time between two looks at whether a silent run was cancelled.
const LOOK: Duration = Duration::from_millis(50);

/// A [`Runner`] that returns soon after it was cancelled, while the one inside may still be coming to its end.
pub struct Detached<R> {
    runner: Arc<R>,
    /// Held by whoever uses the engine: one job at a time, also after one was left alone.
    turn: Arc<Mutex<()>>,
}

/// What the engine's thread has to tell.
enum Event<T> {
    Token,
    End(Box<Result<T, Error>>),
}

impl<R: Runner> Detached<R> {
    /// Around `runner`.
    pub fn new(runner: Arc<R>) -> Self {
        Self { runner, turn: Arc::default() }
    }

    /// Has `work` done on a thread of its own, alone on the engine; returns when it ends or is cancelled. `work` is given
    /// the runner and what it is to call for every token.
    fn apart<T: Send + 'static>(
        &self,
        what: &str,
        cancel: &Cancel,
        on_token: &mut (dyn FnMut() + Send),
        work: impl FnOnce(&R, &mut (dyn FnMut() + Send)) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (events, received) = channel();
        let (runner, turn) = (self.runner.clone(), self.turn.clone());
        let work = move || {
            let _unwind = AbortGuard::force_unwind();
            let _turn = turn.lock();
            // Nobody listens to a run that was left alone.
            let mut token = || drop(events.send(Event::Token));
            let result = work(&runner, &mut token);
            let _ = events.send(Event::End(Box::new(result)));
        };
        let failed = |reason: String| Error::Request(format!("{what}: the engine's thread {reason}"));
        thread::Builder::new().name("engine".into()).spawn(work).map_err(|error| failed(error.to_string()))?;
        loop {
            match received.recv_timeout(LOOK) {
                Ok(Event::Token) => on_token(),
                Ok(Event::End(result)) => return *result,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(failed("panicked".into())),
            }
            if cancel.is_cancelled() {
                return Err(Error::Cancelled);
            }
        }
    }
}

impl<R: Runner> Runner for Detached<R> {
    fn model(&self) -> H256 {
        self.runner.model()
    }

    fn pace(&self, cancel: &Cancel) -> Result<Pace, Error> {
        let given = cancel.clone();
        self.apart("measuring its speed", cancel, &mut || {}, move |runner, _| runner.pace(&given))
    }

    fn longest_output(&self, prompt: usize) -> usize {
        self.runner.longest_output(prompt)
    }

    fn read(&self, job: &Job, input: Vec<u8>) -> Result<Prompt, Error> {
        let _unwind = AbortGuard::force_unwind();
        self.runner.read(job, input)
    }

    fn run(
        &self,
        job: &Job,
        prompt: &Prompt,
        cancel: &Cancel,
        on_token: &mut (dyn FnMut() + Send),
    ) -> Result<Output, Error> {
        let (given_job, given_prompt, given_cancel) = (job.clone(), prompt.clone(), cancel.clone());
        self.apart(&format!("job {}", job.id), cancel, on_token, move |runner, on_token| {
            runner.run(&given_job, &given_prompt, &given_cancel, on_token)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rpc_ext::tests::job_view;
    use hanzo_inference::{worker::runner::EngineRunner, CandleEngine, Engine, EngineOptions, ModelSource};
    use hanzo_poai::JobStatus;
    use std::sync::mpsc::{Receiver, Sender};

    /// Goes on with a piece of work until told that it is over, whatever is cancelled.
    struct Stubborn {
        begun: Sender<u64>,
        over: Mutex<Receiver<()>>,
    }

    impl Runner for Stubborn {
        fn model(&self) -> H256 {
            H256::zero()
        }

        fn pace(&self, _: &Cancel) -> Result<Pace, Error> {
            self.begun.send(u64::MAX).unwrap();
            self.over.lock().recv().unwrap();
            Err(Error::Request("measured".into()))
        }

        fn longest_output(&self, _: usize) -> usize {
            usize::MAX
        }

        fn read(&self, _: &Job, _: Vec<u8>) -> Result<Prompt, Error> {
            Err(Error::Cancelled)
        }

        fn run(&self, job: &Job, _: &Prompt, _: &Cancel, _: &mut (dyn FnMut() + Send)) -> Result<Output, Error> {
            self.begun.send(job.id).unwrap();
            self.over.lock().recv().unwrap();
            Err(Error::Request(format!("{} is over", job.id)))
        }
    }

    fn job(id: u64) -> Job {
        let mut job = job_view(id, JobStatus::Accepted);
        (job.max_prompt_tokens, job.seed) = (100, Some(H256::repeat_byte(7)));
        job
    }

    #[test]
    fn run_should_return_when_cancelled_and_the_next_wait_until_the_engine_is_free() {
        let ((begun, begins), (end, over)) = (channel(), channel());
        let runner = Detached::new(Arc::new(Stubborn { begun, over: Mutex::new(over) }));
        let prompt = Prompt { text: String::new(), tokens: Vec::new() };
        let cancel = Cancel::default();
        thread::scope(|scope| {
            let first = scope.spawn(|| runner.run(&job(1), &prompt, &cancel, &mut || {}));
            assert_eq!(begins.recv().unwrap(), 1);
            cancel.cancel();
            assert!(matches!(first.join().unwrap(), Err(Error::Cancelled)));

            let second = scope.spawn(|| runner.run(&job(2), &prompt, &Cancel::default(), &mut || {}));
            end.send(()).unwrap();
            assert_eq!(begins.recv().unwrap(), 2);
            end.send(()).unwrap();
            let error = second.join().unwrap().unwrap_err();
            assert!(error.to_string().contains("2 is over"), "{error}");
        });
    }

    #[test]
    fn measurement_should_return_when_cancelled() {
        let ((begun, begins), (end, over)) = (channel(), channel());
        let runner = Detached::new(Arc::new(Stubborn { begun, over: Mutex::new(over) }));
        let cancel = Cancel::default();
        thread::scope(|scope| {
            let measurement = scope.spawn(|| runner.pace(&cancel));
            begins.recv().unwrap();
            cancel.cancel();
            assert!(matches!(measurement.join().unwrap(), Err(Error::Cancelled)));
            end.send(()).unwrap();
        });
    }

    #[test]
    fn run_should_give_what_the_engine_gives_token_by_token() {
        let engine = Arc::new(CandleEngine::load(&ModelSource::Tiny, &EngineOptions::default()).unwrap());
        let plain = Arc::new(EngineRunner::new(engine, None));
        let runner = Detached::new(plain.clone());
        let mut job = job(5);
        job.model = runner.model();
        let prompt = runner.read(&job, b"You may".to_vec()).unwrap();
        let mut tokens = 0;
        let output = runner.run(&job, &prompt, &Cancel::default(), &mut || tokens += 1).unwrap();
        assert_eq!(output, plain.run(&job, &prompt, &Cancel::default(), &mut || {}).unwrap());
        assert_eq!(tokens, output.receipt.output_tokens.len());
    }
}
