//! A form: a plain post to a server function, which an island may take over. Shows why it was refused, above itself or
//! beside the field.

use std::sync::Arc;

use leptos::context::Provider;
use leptos::prelude::*;

use super::card::Banner;
use super::pill::Tone;
use super::posted::{MARK, PAGE, Posted};
use crate::i18n::Locale;

/// What a form tells the fields inside it.
#[derive(Clone, Debug)]
pub struct FormState {
    /// The form as it was refused, if this one was.
    pub posted: Option<Arc<Posted>>,
    /// The reader's language.
    pub locale: Locale,
    /// What the ids of its fields begin with.
    pub prefix: String,
}

impl FormState {
    /// The state of the form around, or of none.
    #[must_use]
    pub fn around() -> Self {
        use_context::<Self>().unwrap_or(Self {
            posted: None,
            locale: Locale::en,
            prefix: String::new(),
        })
    }

    /// What was typed under a name, if the form was refused.
    #[must_use]
    pub fn typed(&self, name: &str) -> Option<String> {
        let posted = self.posted.as_ref()?;
        Some(posted.value(name).unwrap_or_default().to_owned())
    }

    /// The refusal beside a field, in words.
    #[must_use]
    pub fn error(&self, name: &str) -> Option<String> {
        let posted = self.posted.as_ref()?;
        (posted.trouble.field() == Some(name)).then(|| posted.trouble.words(self.locale))
    }

    /// The id of a field.
    #[must_use]
    pub fn id(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }
}

/// A form that posts to a server function.
#[component]
pub fn Form(
    /// The path of the server function: `Submit::PATH`.
    action: &'static str,
    /// The refused form of this page, from `ask::posted()`; an island gets it as a property.
    posted: Option<Posted>,
    /// The reader's language.
    locale: Locale,
    /// Tells forms with the same action on one page apart.
    #[prop(optional, into)]
    mark: Option<String>,
    /// Further classes.
    #[prop(default = "flex flex-col gap-4")]
    class: &'static str,
    /// Fields and buttons.
    children: Children,
) -> impl IntoView {
    let page = posted.as_ref().map(|posted| posted.page.clone());
    let posted = posted
        .filter(|posted| posted.is(action, mark.as_deref()))
        .map(Arc::new);
    // The style sheet hides it where a field says the same.
    let above = posted.as_ref().map(|posted| posted.trouble.words(locale));
    let prefix = format!(
        "{}-{}",
        action.rsplit('/').next().unwrap_or_default(),
        mark.as_deref().unwrap_or_default()
    );
    let state = FormState {
        posted,
        locale,
        prefix,
    };
    view! {
        <form method="post" action=action class=format!("form {class}")>
            {above.map(|words| view! { <Banner tone=Tone::No alert=true>{words}</Banner> })}
            {page.map(|page| view! { <input type="hidden" name=PAGE value=page/> })}
            {mark.map(|mark| view! { <input type="hidden" name=MARK value=mark/> })}
            <Provider value=state>{children()}</Provider>
        </form>
    }
}

/// A value that travels unseen.
#[component]
pub fn Hidden(
    /// The name.
    name: &'static str,
    /// The value.
    #[prop(into)]
    value: String,
) -> impl IntoView {
    view! { <input type="hidden" name=name value=value/> }
}

/// The idempotency key of a form that writes: pressing twice is pressing once. The page makes it; a refused form keeps it.
#[component]
pub fn Once(
    /// A fresh key, from `ask::fresh_key()`.
    #[prop(into)]
    key: String,
) -> impl IntoView {
    let key = FormState::around()
        .typed("key")
        .filter(|typed| !typed.is_empty())
        .unwrap_or(key);
    view! { <input type="hidden" name="key" value=key/> }
}
