-- Since when nothing may refer to an icon: uploaded then, or dropped then. Null: looked at, and in use. Those that are
-- there already are all looked at, a day from now.
ALTER TABLE "app_icons" ADD COLUMN     "unused_since" TIMESTAMPTZ(3) DEFAULT CURRENT_TIMESTAMP;

-- DropIndex
DROP INDEX "app_icons_created_at_idx";

-- CreateIndex
CREATE INDEX "app_icons_unused_since_idx" ON "app_icons"("unused_since");

-- An icon that loses one of those who refer to it is looked at again. Locked in the order of their digests, as several are
-- dropped at once.
CREATE FUNCTION look_at_icons(p_digests text[]) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM FROM app_icons WHERE digest = ANY (p_digests) ORDER BY digest FOR NO KEY UPDATE;
  UPDATE app_icons SET unused_since = db_now() WHERE digest = ANY (p_digests);
END $$;

CREATE FUNCTION app_drops_icons() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_dropped text[] := array_remove(ARRAY[OLD.icon_digest, OLD.pending_changes->>'icon'], NULL);
BEGIN
  IF TG_OP = 'UPDATE' THEN
    v_dropped := array_remove(array_remove(v_dropped, NEW.icon_digest::text), NEW.pending_changes->>'icon');
  END IF;
  IF cardinality(v_dropped) > 0 THEN
    PERFORM look_at_icons(v_dropped);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER apps_drop_icons AFTER DELETE OR UPDATE OF icon_digest, pending_changes ON apps
  FOR EACH ROW EXECUTE FUNCTION app_drops_icons();

-- A request keeps what it showed until it is deleted, or its pictures are.
CREATE FUNCTION request_drops_icons() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM look_at_icons(array_remove(ARRAY[OLD.asked->>'icon', OLD.before->>'icon'], NULL));
  RETURN NULL;
END $$;
CREATE TRIGGER verification_requests_drop_icons AFTER DELETE OR UPDATE OF asked, pictures_deleted_at ON verification_requests
  FOR EACH ROW WHEN (OLD.asked->>'icon' IS NOT NULL OR OLD.before->>'icon' IS NOT NULL) EXECUTE FUNCTION request_drops_icons();
