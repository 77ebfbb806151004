//! The interactive calendar that portal and office share.

#[cfg(feature = "ssr")]
pub mod agenda;
#[cfg(feature = "office")]
pub mod drag;
#[cfg(feature = "ssr")]
pub mod grid;
pub mod month;
pub mod slots;
#[cfg(feature = "ssr")]
pub mod week;

/// Whether the page in the browser is read from right to left, so that the next day or column stands at the left.
fn from_the_right() -> bool {
    let page = leptos::prelude::document().document_element();
    page.is_some_and(|page| page.get_attribute("dir").as_deref() == Some("rtl"))
}
