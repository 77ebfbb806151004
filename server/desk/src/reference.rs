//! Draws references: short, unique, sayable (decision 15).

use booking::ids::{Reference, ReferenceKind};
use sea_orm::{ConnectionTrait, Statement};

use crate::desk::Work;
use crate::trouble::{Fault, Result};

/// A reference that is not taken: five characters, one more after each collision.
pub(crate) async fn draw(work: &Work, kind: ReferenceKind) -> Result<String> {
    let table = match kind {
        ReferenceKind::Request => "requests",
        ReferenceKind::Visit => "visits",
        ReferenceKind::Quote => "offers",
    };
    for chars in Reference::SHORTEST..=Reference::LONGEST {
        let number =
            getrandom::u64().map_err(|e| Fault::Machine(format!("random numbers: {e}")))?;
        let reference = Reference::from_number(kind, number, chars).to_string();
        // Changes against a visit are requests, too, and share their references.
        let changes = match kind {
            ReferenceKind::Request => " UNION SELECT 1 FROM changes WHERE reference = $1",
            ReferenceKind::Visit | ReferenceKind::Quote => "",
        };
        let text = format!("SELECT 1 FROM {table} WHERE reference = $1{changes}");
        let backend = work.tx().get_database_backend();
        let taken = Statement::from_sql_and_values(backend, text, [reference.as_str().into()]);
        if work.tx().query_one_raw(taken).await?.is_none() {
            return Ok(reference);
        }
    }
    Err(Fault::Machine("no reference is free".to_owned()).into())
}
