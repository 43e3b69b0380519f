-- CreateIndex
CREATE INDEX "app_icons_created_at_idx" ON "app_icons"("created_at");

-- Whether an icon waits for a reviewer, or was looked at by one.
CREATE INDEX apps_pending_icon_idx ON apps ((pending_changes->>'icon')) WHERE pending_changes->>'icon' IS NOT NULL;
CREATE INDEX verification_requests_asked_icon_idx ON verification_requests ((asked->>'icon')) WHERE asked->>'icon' IS NOT NULL;
CREATE INDEX verification_requests_before_icon_idx ON verification_requests (("before"->>'icon')) WHERE "before"->>'icon' IS NOT NULL;
