//! The loop that accepts connections.

use std::io;

use desk::desk::Options;
use desk::{Clock, Desk};

use crate::config::Config;
use crate::session::Cookie;
use crate::site::{Made, router};

/// Serves until told to stop.
///
/// # Errors
/// The address is taken, or the database cannot be reached.
pub async fn serve(config: Config) -> io::Result<()> {
    std::fs::create_dir_all(&config.data_dir)?;
    let desk = Desk::connect(&config.database_url, Clock::System, Options::default())
        .await
        .map_err(io::Error::other)?;
    migration::up(desk.db()).await.map_err(io::Error::other)?;
    if config.demo && desk.is_empty().await.map_err(io::Error::other)? {
        desk.seed_demo().await.map_err(io::Error::other)?;
        for (email, what) in desk::seed_demo::SIGN_INS {
            println!("  {email} / {}: {what}", desk::seed_demo::PASSWORD);
        }
    }
    let files = config
        .site_dir
        .clone()
        .unwrap_or_else(|| "target/site-dev".into());
    let site = router(Made {
        desk,
        files,
        build: "dev".to_owned(),
        cookie: Cookie {
            https: config.https,
        },
    });
    let listener = tokio::net::TcpListener::bind(config.listen).await?;
    println!("Frontdesk listens on {}", config.base_url);
    axum::serve(
        listener,
        site.into_make_service_with_connect_info::<std::net::SocketAddr>(),
    )
    .await
}
