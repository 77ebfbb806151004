//! The WASM entry, built once for clients and once for staff: wakes nothing by itself, only readies the islands that the
//! crate `app` exports. The document's script (`app/src/awaken.js`) wakes them one by one.

use app as _;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called once by the document, before its islands.
#[wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
