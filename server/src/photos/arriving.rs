//! How photos arrive: so many at once, few of them of one person, so that nobody keeps others out by sending slowly; and
//! a piece at a time, so that no field's head fills the memory.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use booking::ids::PersonId;
use futures::{StreamExt, stream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::LARGEST_FILE;

/// Photos that arrive at once.
const AT_ONCE: usize = 16;
/// Of those of one person: a script sends one after another, in two windows.
const AT_ONCE_OF_ONE: usize = 2;
/// Posts of one person that are read at once, if only for what was typed: a photo that is sent while the five of a form
/// are taken away.
const READ_OF_ONE: usize = 6;
/// What is read in search of where a field begins.
const LARGEST_HEAD: usize = 64 * 1024;

/// The places of photos that arrive.
#[derive(Clone, Debug)]
pub(super) struct Places {
    all: Arc<Semaphore>,
    of: Arc<Mutex<HashMap<PersonId, Taken>>>,
}

/// What a person takes.
#[derive(Clone, Copy, Debug, Default)]
struct Taken {
    places: usize,
    read: usize,
}

impl Default for Places {
    fn default() -> Self {
        Self {
            all: Arc::new(Semaphore::new(AT_ONCE)),
            of: Arc::default(),
        }
    }
}

impl Places {
    /// Lets a post in, with a place where one is left; nothing where so many of this person are read already.
    pub(super) fn enter(&self, person: PersonId) -> Option<Post> {
        let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = of.entry(person).or_default();
        if taken.read >= READ_OF_ONE {
            return None;
        }
        let place = match taken.places < AT_ONCE_OF_ONE {
            true => Arc::clone(&self.all).try_acquire_owned().ok(),
            false => None,
        };
        taken.read += 1;
        taken.places += usize::from(place.is_some());
        Some(Post {
            place,
            person,
            places: self.clone(),
        })
    }
}

/// A post that is read; it leaves its place when it ends, however it ends.
#[derive(Debug)]
pub(super) struct Post {
    place: Option<OwnedSemaphorePermit>,
    person: PersonId,
    places: Places,
}

impl Post {
    /// Whether its photo can be taken.
    pub(super) fn has_place(&self) -> bool {
        self.place.is_some()
    }

    /// What its file may weigh; without a place it is not kept.
    pub(super) fn room(&self) -> usize {
        self.place.as_ref().map_or(0, |_| LARGEST_FILE)
    }
}

impl Drop for Post {
    fn drop(&mut self) {
        let of = &self.places.of;
        let mut of = of.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(taken) = of.get_mut(&self.person) else {
            return;
        };
        taken.read -= 1;
        taken.places -= usize::from(self.place.is_some());
        if taken.read == 0 {
            of.remove(&self.person);
        }
    }
}

/// What was read since a field's head began; the most there is, while none is read.
#[derive(Debug, Default)]
pub(super) struct Head(Arc<AtomicUsize>);

impl Head {
    /// The request with a body that comes a piece at a time — who reads it takes all that is there, and would hold it
    /// all — and ends where a head does not.
    pub(super) fn watches(&self, request: Request) -> Request {
        request.map(|body| {
            let watched = (body.into_data_stream(), Arc::clone(&self.0), false);
            Body::from_stream(stream::unfold(
                watched,
                async |(mut body, read, goes_on)| {
                    // Behind each piece, so that who reads has looked at the last one when it hears of the end.
                    if goes_on {
                        tokio::task::yield_now().await;
                    }
                    let piece = body.next().await?;
                    let more = piece.as_ref().map_or(0, Bytes::len);
                    let count = |before: usize| before.checked_add(more);
                    let piece = match read.fetch_update(Ordering::Relaxed, Ordering::Relaxed, count)
                    {
                        Ok(before) if before > LARGEST_HEAD => {
                            Err(axum::Error::new("a field's head without an end"))
                        }
                        Ok(_) | Err(_) => piece,
                    };
                    Some((piece, (body, read, true)))
                },
            ))
        })
    }

    /// A head is read from here on.
    pub(super) fn begins(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    /// It was read.
    pub(super) fn ends(&self) {
        self.0.store(usize::MAX, Ordering::Relaxed);
    }
}
