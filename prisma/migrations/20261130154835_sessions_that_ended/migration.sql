-- Those that ended are thrown away, a few whenever somebody signs in, and are looked for by this.
CREATE INDEX "sessions_expires_at_idx" ON "sessions"("expires_at");
