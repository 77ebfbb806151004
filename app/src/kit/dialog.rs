//! Windows over the page: the browser's own `<dialog>`, which traps focus and closes with Escape. Opened by a button
//! without any script.

use leptos::prelude::*;

use super::button::Look;
use super::icon::Icon;

/// A window over the page. Its button names the same id.
#[component]
pub fn Dialog(
    /// The id; unique on the page.
    #[prop(into)]
    id: String,
    /// What it asks.
    #[prop(into)]
    title: String,
    /// The word for closing it.
    #[prop(into)]
    close: String,
    /// Whether it stands open when the page arrives, because its form was refused.
    #[prop(default = false)]
    open: bool,
    /// What stands in it.
    children: Children,
) -> impl IntoView {
    let head = format!("{id}-title");
    let (own, named_by) = (id.clone(), head.clone());
    view! {
        <dialog id=own class="dialog" aria-labelledby=named_by open=open>
            <div class="flex items-start justify-between gap-4">
                <h2 class="text-lg font-semibold" id=head>{title}</h2>
                <button type="button" class="btn btn-quiet btn-square -mt-2 -me-2" aria-label=close commandfor=id command="close">
                    <Icon name="icon-[lucide--x]"/>
                </button>
            </div>
            {children()}
        </dialog>
    }
}

/// The button that opens a [`Dialog`].
#[component]
pub fn DialogButton(
    /// The dialog's id.
    #[prop(into)]
    opens: String,
    /// How loud.
    #[prop(optional)]
    look: Look,
    /// Further classes.
    #[prop(default = "")]
    class: &'static str,
    /// What it says to screen readers, where it shows an icon only.
    #[prop(optional, into)]
    label: Option<String>,
    /// The words.
    children: Children,
) -> impl IntoView {
    view! {
        <button type="button" class=format!("{} {class}", look.class()) commandfor=opens command="show-modal" aria-label=label>
            {children()}
        </button>
    }
}
