//! From the configuration to a running server: database, migration, first content, site, workers.

use std::io;

use desk::desk::Options;
use desk::{Clock, Desk};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::assets::Files;
use crate::config::Config;
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
    let desk = desk.map_err(|trouble| io::Error::other(format!("The database cannot be opened: {trouble}")))?;
    migration::up(desk.db()).await.map_err(|error| io::Error::other(format!("The database cannot be migrated: {error}")))?;
    Ok(desk)
}

/// Serves until told to stop.
///
/// # Errors
/// The address is taken, the database cannot be reached, or the site's files are missing.
pub async fn start(config: Config) -> io::Result<()> {
    let files = Files::find(config.site_dir.as_deref())?;
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|error| io::Error::other(format!("{} cannot be listened to: {error}", config.listen)))?;
    let desk = open(&config).await?;
    first_content(&desk, &config).await?;
    let stop = CancellationToken::new();
    let site = router(Made {
        desk,
        cookie: Cookie { https: config.https },
        base_url: config.base_url.clone(),
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
    serve(listener, site, stop).await
}

/// An empty database gets the demonstration, or asks for its first owner.
async fn first_content(desk: &Desk, config: &Config) -> io::Result<()> {
    let empty = desk.is_empty().await.map_err(io::Error::other)?;
    if empty && config.demo {
        desk.seed_demo().await.map_err(io::Error::other)?;
    }
    let demo = desk.business().await.is_ok_and(|business| business.demo);
    if demo {
        println!("Demonstration data. Sign in with the password {} as", desk::seed_demo::PASSWORD);
        for (email, what) in desk::seed_demo::SIGN_INS {
            println!("  {email:<24} {what}");
        }
    }
    Ok(())
}
