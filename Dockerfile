# One image for every process of the product: bga worker, bga mcp --http, bga setup, bga codec-server.
ARG NODE_IMAGE=node:22.20.0-bookworm-slim@sha256:b21fe589dfbe5cc39365d0544b9be3f1f33f55f3c86c87a76ff65a02f8f5848e

# Compiles, and packs what the npm package holds.
FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npx tsc -b src && node scripts/bundle.js
RUN npm pack --ignore-scripts && mkdir /package && tar -xzf background-agents-*.tgz -C /package --strip-components=1

# What it needs to run, and nothing that it was built with.
FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM ${NODE_IMAGE}
# By which Temporal's native part knows a server on the internet. Whatever version Debian holds now is the right one.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /package ./
RUN chmod 755 /app/dist/src/cli/main.js && ln -s /app/dist/src/cli/main.js /usr/local/bin/bga && install -d -o node -g node -m 700 /var/lib/background-agents
ENV NODE_ENV=production BGA_HOME=/var/lib/background-agents
# By number, so that an orchestrator can see that it is not root.
USER 1000:1000
ENTRYPOINT ["bga"]
CMD ["--help"]
