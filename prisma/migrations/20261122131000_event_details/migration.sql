-- What differs, in events; and the counts that charts are drawn from.

-- An outcome is one word from now on; what stood behind its colon moves to the details.
UPDATE "oauth_events"
   SET "details" = CASE WHEN "outcome" LIKE 'scope_not_declared:%'
                        THEN jsonb_build_object('scopes', string_to_array(substr("outcome", strpos("outcome", ':') + 1), ' '))
                        ELSE jsonb_build_object('why', substr("outcome", strpos("outcome", ':') + 1)) END,
       "outcome" = split_part("outcome", ':', 1)
 WHERE strpos("outcome", ':') > 0;

-- The newest of every kind and outcome of an app, merged, are the newest of the app: one index for the list and its filters.
CREATE INDEX "oauth_events_app_id_kind_outcome_id_idx" ON "oauth_events"("app_id", "kind", "outcome", "id");
DROP INDEX "oauth_events_app_id_id_idx";
-- With the app in it a request is found by the time in its id without reading what other apps did at that time.
CREATE INDEX "oauth_events_at_app_id_idx" ON "oauth_events"("at", "app_id");
DROP INDEX "oauth_events_at_idx";
-- What happened to a connection. Refusals of strangers have none and cost nothing here.
CREATE INDEX oauth_events_connection_idx ON oauth_events (connection_id, id) WHERE connection_id IS NOT NULL;

CREATE TABLE "app_event_counts" (
    "app_id" INTEGER NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "kind" VARCHAR(32) NOT NULL,
    "outcome" VARCHAR(64) NOT NULL,
    "events" BIGINT NOT NULL,

    CONSTRAINT "app_event_counts_pkey" PRIMARY KEY ("app_id","hour","kind","outcome")
);
CREATE TABLE "app_connection_counts" (
    "app_id" INTEGER NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "live" INTEGER NOT NULL,

    CONSTRAINT "app_connection_counts_pkey" PRIMARY KEY ("app_id","hour")
);
CREATE INDEX "app_event_counts_hour_idx" ON "app_event_counts"("hour");
CREATE INDEX "app_connection_counts_hour_idx" ON "app_connection_counts"("hour");
ALTER TABLE "app_event_counts" ADD CONSTRAINT "app_event_counts_app_id_fkey" FOREIGN KEY ("app_id") REFERENCES "apps"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "app_connection_counts" ADD CONSTRAINT "app_connection_counts_app_id_fkey" FOREIGN KEY ("app_id") REFERENCES "apps"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The row of the present hour grows twice a second: room beside it, so that it stays on its page and out of the indexes.
ALTER TABLE "app_event_counts" SET (fillfactor = 70);

INSERT INTO "app_event_counts" ("app_id", "hour", "kind", "outcome", "events")
SELECT "app_id", date_trunc('hour', "at", 'UTC'), "kind", "outcome", count(*) FROM "oauth_events" GROUP BY 1, 2, 3, 4;

-- Deletes some of what stands below a deleted app, and in the end the app. Returns whether there may be more.
CREATE OR REPLACE FUNCTION purge_app(p_app_id integer, p_rows integer) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_grants uuid[];
  v_count integer;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM apps WHERE id = p_app_id AND deleted_at IS NOT NULL) THEN
    RETURN false;
  END IF;
  DELETE FROM oauth_events WHERE id = ANY (ARRAY(SELECT id FROM oauth_events WHERE app_id = p_app_id ORDER BY kind, outcome, id LIMIT p_rows FOR UPDATE SKIP LOCKED));
  GET DIAGNOSTICS v_count = ROW_COUNT;
  IF v_count > 0 THEN
    RETURN true;
  END IF;
  DELETE FROM app_event_counts WHERE ctid = ANY (ARRAY(SELECT ctid FROM app_event_counts WHERE app_id = p_app_id ORDER BY hour, kind, outcome LIMIT p_rows FOR UPDATE SKIP LOCKED));
  GET DIAGNOSTICS v_count = ROW_COUNT;
  IF v_count > 0 THEN
    RETURN true;
  END IF;
  DELETE FROM app_connection_counts WHERE ctid = ANY (ARRAY(SELECT ctid FROM app_connection_counts WHERE app_id = p_app_id ORDER BY hour LIMIT p_rows FOR UPDATE SKIP LOCKED));
  GET DIAGNOSTICS v_count = ROW_COUNT;
  IF v_count > 0 THEN
    RETURN true;
  END IF;
  -- With a connection go its refresh tokens, with a grant its codes. A grant that somebody holds waits for another round.
  v_grants := ARRAY(SELECT id FROM grants WHERE app_id = p_app_id LIMIT p_rows FOR UPDATE SKIP LOCKED);
  IF cardinality(v_grants) > 0 THEN
    DELETE FROM connections WHERE id = ANY (ARRAY(SELECT id FROM connections WHERE grant_id = ANY (v_grants) LIMIT p_rows));
    GET DIAGNOSTICS v_count = ROW_COUNT;
    IF v_count < p_rows THEN
      DELETE FROM grants WHERE id = ANY (v_grants);
    END IF;
    RETURN true;
  END IF;
  IF NOT EXISTS (SELECT 1 FROM grants WHERE app_id = p_app_id) THEN
    PERFORM end_app_tokens(p_app_id);
    DELETE FROM apps WHERE id = p_app_id AND deleted_at IS NOT NULL;
  END IF;
  RETURN false;
END $$;
