//! Looks for what must never be: the invariants behind the promises, read from the database as it is (`frontdesk check`).
//! Changes nothing.

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde::Serialize;

use crate::desk::Desk;
use crate::trouble::Result;

/// Something that must never be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The invariant, as a word: `overlap`, `visit-missing`, …
    pub what: &'static str,
    /// The rows, in the database's own words.
    pub details: String,
}

/// Each finds rows with one text column `details`; none is well. They are the same on both databases. Whether everybody was
/// told is only asked where nobody has chosen to be told less.
const INVARIANTS: &[(&str, &str)] = &[
    (
        "overlap",
        "SELECT {a.id} || ' and ' || {b.id} AS details FROM bookings a JOIN bookings b \
         ON a.technician_id = b.technician_id AND a.id < b.id AND a.blocking AND b.blocking \
         AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at \
         WHERE a.session_id IS NULL OR b.session_id IS NULL OR a.session_id <> b.session_id \
            OR a.starts_at <> b.starts_at OR a.ends_at <> b.ends_at",
    ),
    (
        "session-leader",
        "SELECT MIN({session_id}) AS details FROM bookings WHERE blocking AND session_id IS NOT NULL \
         GROUP BY session_id HAVING SUM(CASE WHEN leader THEN 1 ELSE 0 END) <> 1",
    ),
    (
        "overbooked-session",
        "SELECT MIN({b.session_id}) AS details FROM bookings b JOIN services s ON s.id = b.service_id \
         WHERE b.blocking AND b.session_id IS NOT NULL GROUP BY b.session_id, s.capacity HAVING SUM(b.seats) > s.capacity",
    ),
    (
        "visit-missing",
        "SELECT r.reference AS details FROM requests r WHERE r.status = 'approved' \
         AND (SELECT COUNT(*) FROM visits v WHERE v.request_id = r.id AND v.status <> 'rescheduled') <> 1",
    ),
    (
        "visit-unasked",
        "SELECT v.reference AS details FROM visits v JOIN requests r ON r.id = v.request_id WHERE r.status <> 'approved'",
    ),
    (
        "visit-without-booking",
        "SELECT v.reference AS details FROM visits v WHERE v.status IN ('scheduled', 'in_progress', 'completed') \
         AND NOT EXISTS (SELECT 1 FROM bookings b WHERE b.visit_id = v.id AND b.blocking \
             AND b.starts_at = v.starts_at AND b.ends_at = v.ends_at AND b.status = v.status)",
    ),
    (
        "blocking-flag",
        "SELECT {b.id} || ' ' || b.status AS details FROM bookings b \
         WHERE b.blocking <> (b.status IN ('pending', 'approved', 'scheduled', 'in_progress', 'completed'))",
    ),
    (
        "hold-of-decided",
        "SELECT r.reference AS details FROM bookings b JOIN requests r ON r.id = b.request_id \
         WHERE b.blocking AND b.status = 'pending' AND r.status <> 'pending'",
    ),
    (
        "booking-of-other-status",
        "SELECT v.reference AS details FROM bookings b JOIN visits v ON v.id = b.visit_id WHERE b.blocking AND b.status <> v.status",
    ),
    (
        "rescheduled-to-nothing",
        "SELECT v.reference AS details FROM visits v LEFT JOIN visits n ON n.id = v.replaced_by \
         WHERE v.status = 'rescheduled' AND (n.id IS NULL OR n.uid <> v.uid OR n.sequence <= v.sequence)",
    ),
    (
        "two-of-one-appointment",
        "SELECT MIN(v.reference) AS details FROM visits v WHERE v.status <> 'rescheduled' GROUP BY v.uid HAVING COUNT(*) > 1",
    ),
    (
        "visit-history-gap",
        "SELECT v.reference AS details FROM visits v \
         WHERE v.version > (SELECT COUNT(*) FROM history h WHERE h.about_id = v.id)",
    ),
    (
        "left-with-merged",
        "SELECT r.reference AS details FROM requests r JOIN clients c ON c.id = r.client_id WHERE c.merged_into IS NOT NULL \
         UNION ALL SELECT v.reference AS details FROM visits v JOIN clients c ON c.id = v.client_id WHERE c.merged_into IS NOT NULL",
    ),
    (
        "history-missing",
        "SELECT r.reference || ' ' || r.status AS details FROM requests r WHERE NOT EXISTS ( \
            SELECT 1 FROM history h WHERE h.about_id = r.id AND h.what = CASE r.status WHEN 'pending' THEN 'submitted' \
            WHEN 'cancelled' THEN 'withdrawn' ELSE r.status END)",
    ),
    (
        "history-gap",
        "SELECT r.reference AS details FROM requests r \
         WHERE r.version <> (SELECT COUNT(*) FROM history h WHERE h.about_id = r.id)",
    ),
    (
        "notice-missing",
        "SELECT r.reference || ' ' || r.status AS details FROM requests r JOIN people p ON p.id = r.person_id \
         WHERE r.status IN ('approved', 'declined', 'expired') AND p.disabled_at IS NULL \
         AND (SELECT CAST(n.taken_away AS text) FROM notification_settings n) = '[]' AND NOT EXISTS ( \
            SELECT 1 FROM notices n WHERE n.person_id = r.person_id AND n.created_at = r.decided_at AND n.event = CASE r.status \
            WHEN 'approved' THEN 'booking.approved' WHEN 'declined' THEN 'booking.declined' \
            ELSE CASE WHEN n.event = 'request.offer_expired' THEN n.event ELSE 'request.expired' END END)",
    ),
    (
        "letter-missing",
        "SELECT r.reference || ' ' || r.status AS details FROM requests r JOIN people p ON p.id = r.person_id \
         WHERE r.status IN ('approved', 'declined', 'expired') AND p.disabled_at IS NULL AND CAST(p.muted AS text) = '[]' \
         AND (SELECT CAST(n.taken_away AS text) FROM notification_settings n) = '[]' \
         AND (SELECT CAST(c.muted AS text) FROM clients c WHERE c.id = r.client_id) = '[]' \
         AND (SELECT COUNT(*) FROM outbox o WHERE o.about_id = r.id AND o.person_id = r.person_id AND o.event = CASE r.status \
            WHEN 'approved' THEN 'booking.approved' WHEN 'declined' THEN 'booking.declined' \
            ELSE CASE WHEN o.event = 'request.offer_expired' THEN o.event ELSE 'request.expired' END END) <> 1",
    ),
    (
        "offer-missing",
        "SELECT r.reference AS details FROM requests r \
         WHERE r.awaiting_client <> EXISTS (SELECT 1 FROM offers o WHERE o.request_id = r.id AND o.status = 'open')",
    ),
    (
        "offer-of-decided",
        "SELECT r.reference AS details FROM offers o JOIN requests r ON r.id = o.request_id \
         WHERE o.status = 'open' AND (r.status <> 'pending' OR r.expires_at IS NULL OR r.expires_at <> o.expires_at)",
    ),
    (
        "offer-not-held",
        "SELECT r.reference AS details FROM offers o JOIN requests r ON r.id = o.request_id JOIN offer_times t ON t.offer_id = o.id \
         JOIN bookings b ON b.id = t.booking_id AND b.starts_at = t.starts_at AND b.ends_at = t.ends_at \
         WHERE CASE WHEN o.status = 'open' AND NOT t.lost THEN NOT b.blocking AND b.status <> 'expired' ELSE b.blocking AND b.status = 'pending' END",
    ),
    (
        "hold-beside-offer",
        "SELECT r.reference AS details FROM requests r JOIN bookings b ON b.request_id = r.id \
         WHERE r.awaiting_client AND b.blocking AND NOT EXISTS ( \
            SELECT 1 FROM offers o JOIN offer_times t ON t.offer_id = o.id \
            WHERE o.request_id = r.id AND o.status = 'open' AND NOT t.lost AND t.booking_id = b.id)",
    ),
    (
        "quote-adds-up",
        "SELECT o.reference AS details FROM offers o WHERE o.kind = 'quote' AND (o.total_minor <> o.net_minor + o.tax_minor \
         OR o.net_minor <> (SELECT SUM(l.total_minor) FROM quote_lines l WHERE l.offer_id = o.id))",
    ),
    (
        "accepted-at-another-price",
        "SELECT o.reference AS details FROM offers o JOIN requests r ON r.id = o.request_id JOIN visits v ON v.id = r.visit_id \
         JOIN client_services a ON a.id = v.client_service_id \
         WHERE o.kind = 'quote' AND o.status = 'accepted' AND r.status = 'approved' AND v.status <> 'rescheduled' AND v.version = 1 \
         AND a.price_minor <> o.total_minor",
    ),
    (
        "change-of-gone",
        "SELECT g.reference AS details FROM changes g JOIN visits v ON v.id = g.visit_id WHERE g.status = 'pending' AND v.status <> 'scheduled'",
    ),
    (
        "change-hold",
        "SELECT g.reference AS details FROM changes g JOIN change_holds h ON h.change_id = g.id JOIN bookings b ON b.id = h.booking_id \
         WHERE g.status <> 'pending' AND b.blocking",
    ),
    (
        "change-history",
        "SELECT g.reference AS details FROM changes g WHERE g.version <> (SELECT COUNT(*) FROM history h WHERE h.about_id = g.id)",
    ),
    (
        "cancelled-by-nobody",
        "SELECT g.reference AS details FROM changes g JOIN visits v ON v.id = g.visit_id \
         WHERE g.kind = 'cancellation' AND g.status = 'approved' AND v.status <> 'cancelled'",
    ),
    (
        "photo-half-stored",
        "SELECT {p.id} AS details FROM photos p WHERE (SELECT COUNT(*) FROM photo_files f WHERE f.photo_id = p.id) <> 2",
    ),
    (
        "photo-of-anonymised",
        "SELECT r.reference AS details FROM photos p JOIN requests r ON r.id = p.request_id WHERE r.anonymised_at IS NOT NULL",
    ),
    (
        "too-many-photos",
        "SELECT r.reference AS details FROM photos p JOIN requests r ON r.id = p.request_id GROUP BY r.reference HAVING COUNT(*) > 5",
    ),
    (
        "hold-of-waiting",
        "SELECT {w.id} AS details FROM waiting w JOIN bookings b ON b.id = w.booking_id \
         WHERE w.status <> 'told' AND b.blocking AND b.status = 'pending'",
    ),
    (
        "waiting-became-nothing",
        "SELECT {w.id} AS details FROM waiting w WHERE (w.status = 'taken') <> (w.request_id IS NOT NULL)",
    ),
];

impl Desk {
    /// Everything that must never be and is; empty: all is well.
    ///
    /// # Errors
    /// The database's.
    pub async fn check(&self) -> Result<Vec<Finding>> {
        let mut found = Vec::new();
        for (what, text) in INVARIANTS {
            for details in self.texts(&self.named(text), "details").await? {
                found.push(Finding { what, details });
            }
        }
        if self.db().get_database_backend() == DbBackend::Sqlite {
            found.extend(self.sqlite_integrity().await?);
        }
        Ok(found)
    }

    /// `{b.id}` stands for an id in letters; SQLite keeps ids as bytes.
    fn named(&self, text: &str) -> String {
        match self.db().get_database_backend() {
            DbBackend::Sqlite => text.replace('{', "lower(hex(").replace('}', "))"),
            _ => text.replace('{', "CAST(").replace('}', " AS text)"),
        }
    }

    async fn texts(&self, text: &str, column: &str) -> Result<Vec<String>> {
        let asked = Statement::from_string(self.db().get_database_backend(), text);
        let rows = self.db().query_all_raw(asked).await?;
        let text = |row: &sea_orm::QueryResult| row.try_get::<Option<String>>("", column);
        let texts: std::result::Result<Vec<_>, _> = rows.iter().map(text).collect();
        Ok(texts?.into_iter().map(Option::unwrap_or_default).collect())
    }

    /// PostgreSQL keeps its own constraints and page checksums; SQLite is asked.
    async fn sqlite_integrity(&self) -> Result<Vec<Finding>> {
        let pages = self.texts("PRAGMA integrity_check", "integrity_check");
        let keys = self.texts("PRAGMA foreign_key_check", "table");
        let broken = pages.await?.into_iter().filter(|word| word != "ok");
        let broken = broken.map(|details| Finding {
            what: "integrity",
            details,
        });
        let orphans = keys.await?.into_iter().map(|details| Finding {
            what: "foreign-key",
            details,
        });
        Ok(broken.chain(orphans).collect())
    }
}
