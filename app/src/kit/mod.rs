//! The parts that every page is made of: how they look, how they are labelled, how they say no. No page of their own,
//! no question to the desk.

#[cfg(feature = "ssr")]
pub mod asked;
pub mod button;
pub mod card;
#[cfg(feature = "ssr")]
pub mod choice;
pub mod dialog;
#[cfg(feature = "ssr")]
pub mod field;
#[cfg(feature = "ssr")]
pub mod form;
pub mod icon;
pub mod live;
#[cfg(feature = "ssr")]
pub mod moment;
#[cfg(feature = "ssr")]
pub mod money;
#[cfg(feature = "ssr")]
pub mod page;
pub mod pill;
pub mod posted;
#[cfg(feature = "ssr")]
pub mod repeat;
pub mod tabs;
pub mod written;

pub use button::{Button, ButtonLink, EnterSends, Look};
pub use card::{Banner, Card, Empty};
#[cfg(feature = "ssr")]
pub use choice::{Choice, Pick, Radio, Tick};
pub use dialog::{Dialog, DialogButton};
#[cfg(feature = "ssr")]
pub use field::{Field, TextArea};
#[cfg(feature = "ssr")]
pub use form::{Form, Hidden, Once};
pub use icon::Icon;
#[cfg(feature = "ssr")]
pub use moment::Reader;
#[cfg(feature = "ssr")]
pub use money::money;
#[cfg(feature = "ssr")]
pub use page::PageHead;
pub use pill::{Pill, Tone};
pub use posted::Posted;
pub use tabs::{Tab, Tabs};
pub use written::Written;
