//! What the browser downloads, whole: bundles, style sheet, fonts, in one folder (see [`Place::site`]).

use crate::Result;
use crate::place::{Place, Speed};
use crate::{bundle, style};

/// Makes what is missing or out of date; seconds when nothing has changed.
pub fn build(place: &Place, speed: Speed) -> Result {
    let pkg = place.site(speed).join("pkg");
    std::fs::create_dir_all(&pkg).map_err(|error| format!("{}: {error}.", pkg.display()))?;
    style::build(place, speed)?;
    bundle::build(place, speed)
}
