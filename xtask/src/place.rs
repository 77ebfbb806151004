//! Where things lie: the repository, cargo's target folder (wherever the person put it) and what is built inside it.
//! Only names; nothing is created here.

use crate::Result;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folders that the commands work in.
#[derive(Clone, Debug)]
pub struct Place {
    /// The top of the repository.
    pub repo: PathBuf,
    /// Cargo's target folder; `CARGO_TARGET_DIR` and cargo's own settings are honoured.
    pub target: PathBuf,
}

impl Place {
    /// Asks cargo once.
    pub fn find() -> Result<Self> {
        let repo = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .unwrap_or(Path::new("."))
            .to_path_buf();
        let answer = Command::new(cargo())
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .current_dir(&repo)
            .output()
            .map_err(|error| format!("cargo does not start: {error}."))?;
        let facts: serde_json::Value = serde_json::from_slice(&answer.stdout).map_err(|_| {
            format!(
                "cargo metadata failed: {}",
                String::from_utf8_lossy(&answer.stderr)
            )
        })?;
        let target = facts["target_directory"]
            .as_str()
            .ok_or("cargo metadata names no target folder.")?;
        Ok(Self {
            repo,
            target: target.into(),
        })
    }

    /// What the browser downloads: bundles, style sheet, fonts.
    pub fn site(&self, speed: Speed) -> PathBuf {
        self.target.join(match speed {
            Speed::Small => "site",
            Speed::Quick => "site-dev",
        })
    }

    /// The server's binary.
    pub fn server(&self, release: bool) -> PathBuf {
        self.target
            .join(if release { "release" } else { "debug" })
            .join("frontdesk")
    }

    /// Logs and stamps of these commands.
    pub fn notes(&self) -> PathBuf {
        self.target.join("xtask")
    }
}

/// How the bundles are built: small, as people get them, or quickly, for the next look while writing code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speed {
    /// Optimised for size and shrunk by wasm-opt.
    Small,
    /// As fast as the compiler goes; large.
    Quick,
}

/// The cargo that started us, so that the toolchain stays the same.
pub fn cargo() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".into())
}
