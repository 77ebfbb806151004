# One image with one binary: the site is inside it, data live in /data. Build: docker build -t frontdesk .
# The build stage needs the network (crates, npm packages); the last one holds the binary and nothing else of ours.

FROM node:22-bookworm-slim AS node

FROM rust:1.95-bookworm AS build
COPY --from=node /usr/local /usr/local
WORKDIR /frontdesk
COPY . .
RUN cargo xtask dist

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --home-dir /data --uid 10001 frontdesk \
 && install -d -o frontdesk /data
COPY --from=build /frontdesk/target/dist/frontdesk /usr/local/bin/frontdesk
USER frontdesk
WORKDIR /data
VOLUME /data
ENV FRONTDESK_LISTEN=0.0.0.0:8080 \
    FRONTDESK_DATA_DIR=/data \
    FRONTDESK_DATABASE_URL=sqlite:///data/frontdesk.sqlite?mode=rwc
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["frontdesk", "healthcheck"]
ENTRYPOINT ["frontdesk"]
CMD ["serve"]
