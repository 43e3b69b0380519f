-- AlterTable
ALTER TABLE "apps" ADD COLUMN     "never_expires_ended_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "verification_requests" ADD COLUMN     "redirect_note" VARCHAR(2000) NOT NULL DEFAULT '',
ADD COLUMN     "submitted_at" TIMESTAMPTZ(3);

-- DropIndex
DROP INDEX "verification_requests_status_created_at_id_idx";

-- CreateIndex
CREATE INDEX "verification_requests_status_submitted_at_id_idx" ON "verification_requests"("status", "submitted_at", "id");

-- CreateIndex
CREATE INDEX "verification_requests_status_decided_at_id_idx" ON "verification_requests"("status", "decided_at", "id");

-- CreateIndex
CREATE INDEX "audit_events_kind_id_idx" ON "audit_events"("kind", "id");

-- CreateIndex
CREATE INDEX "audit_events_actor_id_id_idx" ON "audit_events"("actor_id", "id");

-- CreateIndex
CREATE INDEX "audit_events_subject_id_idx" ON "audit_events"("subject", "id");

-- Those whose tokens without an end get one: few, and read every minute.
CREATE INDEX apps_never_expires_ended_idx ON apps (id) WHERE never_expires_ended_at IS NOT NULL;

-- Tokens without an end are for verified backend apps, whoever or whatever changes that: a transfer, another way of proof.
CREATE FUNCTION keep_never_expires() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.never_expires AND (NEW.proof <> 'SECRET_REQUIRED' OR NEW.state <> 'VERIFIED') THEN
    NEW.never_expires := false;
  END IF;
  IF NEW.never_expires THEN
    NEW.never_expires_ended_at := NULL;
  ELSIF OLD.never_expires THEN
    NEW.never_expires_ended_at := db_now();
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER apps_keep_never_expires BEFORE UPDATE OF proof, state, never_expires ON apps
  FOR EACH ROW WHEN (OLD.never_expires OR NEW.never_expires) EXECUTE FUNCTION keep_never_expires();
