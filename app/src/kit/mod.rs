//! The parts that every page is made of: how they look, how they are labelled, how they say no. No page of their own,
//! no question to the desk.

pub mod button;
pub mod card;
pub mod choice;
pub mod dialog;
pub mod field;
pub mod form;
pub mod icon;
pub mod live;
#[cfg(feature = "ssr")]
pub mod moment;
pub mod money;
#[cfg(feature = "ssr")]
pub mod page;
pub mod pill;
pub mod posted;
pub mod tabs;
pub mod written;

pub use button::{Button, ButtonLink, Look};
pub use card::{Banner, Card, Empty};
pub use choice::{Choice, Pick, Radio, Tick};
pub use dialog::{Dialog, DialogButton};
pub use field::{Field, TextArea};
pub use form::{Form, Hidden, Once};
pub use icon::Icon;
#[cfg(feature = "ssr")]
pub use moment::Reader;
pub use money::money;
#[cfg(feature = "ssr")]
pub use page::PageHead;
pub use pill::{Pill, Tone};
pub use posted::Posted;
pub use tabs::{Tab, Tabs};
pub use written::Written;
