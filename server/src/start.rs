//! From the configuration to a running server: database, migration, first content, site, workers.

use std::io;
use std::time::Duration;

use desk::desk::Options;
use desk::{Clock, Desk};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::assets::Files;
use crate::config::Config;
use crate::letters::Sender;
use crate::mailer::Mailer;
use crate::postman::Postman;
use crate::push::Herald;
use crate::push::line::Line;
use crate::serve::{serve, told_to_stop};
use crate::session::Cookie;
use crate::site::{Made, router};

/// Opens the database and brings it up to date.
///
/// # Errors
/// It cannot be reached, or a step fails.
pub async fn open(config: &Config) -> io::Result<Desk> {
    std::fs::create_dir_all(&config.data_dir)?;
    let desk = Desk::connect(&config.database_url, Clock::System, Options::default()).await;
    let desk = desk
        .map_err(|trouble| io::Error::other(format!("The database cannot be opened: {trouble}")))?;
    migration::up(desk.db())
        .await
        .map_err(|error| io::Error::other(format!("The database cannot be migrated: {error}")))?;
    Ok(desk)
}

/// Serves until told to stop.
///
/// # Errors
/// The address is taken, the database cannot be reached, or the site's files are missing.
pub async fn start(config: Config) -> io::Result<()> {
    let files = Files::find(config.site_dir.as_deref())?;
    let listener = TcpListener::bind(config.listen).await.map_err(|error| {
        io::Error::other(format!("{} cannot be listened to: {error}", config.listen))
    })?;
    let desk = open(&config).await?;
    first_content(&desk, &config).await?;
    let stop = CancellationToken::new();
    let herald = Herald::new(desk.clone(), Line::internet()?, &config.base_url).await;
    let herald = herald.map_err(io::Error::other)?;
    let push_key = herald.public_key();
    let mut working = workers(&desk, &config, &stop)?;
    working.push(tokio::spawn(herald.work(stop.clone())));
    let site = router(Made {
        desk,
        cookie: Cookie {
            https: config.https,
        },
        sender: sender(&config)?,
        base_url: config.base_url.clone(),
        push_key,
        files,
        proxies: config.proxies,
        dev: config.dev,
        stop: stop.clone(),
    });
    let told = stop.clone();
    tokio::spawn(async move {
        told_to_stop().await;
        told.cancel();
    });
    println!("Frontdesk is at {}", config.base_url);
    serve(listener, site, stop).await?;
    for worker in working {
        // They end by themselves once told; one that panicked has said so.
        let _ = tokio::time::timeout(Duration::from_secs(5), worker).await;
    }
    Ok(())
}

/// How mail leaves, and under which name.
///
/// # Errors
/// The configuration names no way out, or no sender.
pub fn post(config: &Config) -> io::Result<(Mailer, Sender)> {
    let mailer = Mailer::from_url(&config.mail)
        .map_err(|wrong| io::Error::other(format!("FRONTDESK_MAIL: {wrong}")))?;
    Ok((mailer, sender(config)?))
}

/// In whose name letters and calendar files are written.
fn sender(config: &Config) -> io::Result<Sender> {
    Sender::new(&config.mail_from, None, &config.base_url)
        .map_err(|wrong| io::Error::other(format!("FRONTDESK_MAIL_FROM: {wrong}")))
}

/// What goes on beside the site: letters leave, requests expire.
fn workers(
    desk: &Desk,
    config: &Config,
    stop: &CancellationToken,
) -> io::Result<Vec<JoinHandle<()>>> {
    let (mailer, sender) = post(config)?;
    let postman = tokio::spawn(Postman::new(desk.clone(), mailer, sender).work(stop.clone()));
    let keeper = tokio::spawn(keep_house(desk.clone(), stop.clone()));
    let line = tokio::spawn(crate::waiting::watch(desk.clone(), stop.clone()));
    Ok(vec![postman, keeper, line])
}

/// Expires what is overdue and reminds of what is near, twice a minute; forgets every hour what nobody can use any more:
/// sessions and links that are over, counted tries, the keys of old forms, reminders of visits long past, files of clients
/// that nobody confirmed, photos that no request has taken. By night, what is older than the business keeps its appointments loses its words.
async fn keep_house(desk: Desk, stop: CancellationToken) {
    let mut often = tokio::time::interval(Duration::from_secs(30));
    let mut hourly = tokio::time::interval(Duration::from_secs(3_600));
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = often.tick() => {
                said("overdue requests cannot be expired", desk.expire_requests().await);
                said("changes of begun visits cannot be expired", desk.expire_changes().await);
                said("reminders cannot be written", desk.send_reminders().await);
                said("notices that waited cannot be shown", desk.show_waiting_notices(1).await);
            }
            _ = hourly.tick() => {
                said("series cannot be laid out", desk.extend_series().await);
                said("old sessions and links cannot be forgotten", desk.forget_old_sign_ins().await);
                said("the keys of old forms cannot be forgotten", desk.forget_old_keys().await);
                said("what devices were told cannot be forgotten", desk.forget_old_pushes().await);
                said("old reminders cannot be forgotten", desk.forget_old_reminders().await);
                said("old files of clients cannot be forgotten", desk.forget_old_imports().await);
                said("photos that no request has taken cannot be forgotten", desk.forget_old_photos().await);
                said("old appointments cannot be anonymised", desk.anonymise_by_night().await);
            }
        }
    }
}

/// The next round tries again; until then the log says what is wrong.
fn said<T>(what: &str, answer: desk::Result<T>) {
    if let Err(trouble) = answer {
        tracing::error!(%trouble, "{what}");
    }
}

/// An empty database gets the demonstration, or asks for its first owner.
async fn first_content(desk: &Desk, config: &Config) -> io::Result<()> {
    let empty = desk.is_empty().await.map_err(io::Error::other)?;
    if empty && config.demo {
        desk.seed_demo().await.map_err(io::Error::other)?;
    }
    if let Some(token) = desk.set_up_link().await.map_err(io::Error::other)? {
        println!(
            "Nobody owns this installation yet. Set it up at {}/l/{token} (for 24 hours, once)",
            config.base_url
        );
    }
    let demo = desk.business().await.is_ok_and(|business| business.demo);
    if demo {
        println!(
            "Demonstration data. Sign in with the password {} as",
            desk::seed_demo::PASSWORD
        );
        for (email, what) in desk::seed_demo::SIGN_INS {
            println!("  {email:<24} {what}");
        }
    }
    Ok(())
}
