-- Deletes some of what stands below a deleted app, and in the end the app. Returns whether there may be more.
-- With a connection go its replaced keys, one for every refresh of its life: tens of thousands with some clients. A cascade over
-- those of a hundred connections would be cancelled by the statement's time limit in every round. So they go before it, so many
-- at a time, and a connection as soon as it has none: the next batch does not go past what this one has deleted.
-- By plain index scans: what is found gone by one is not looked at again, and where most keys are of few families, the first
-- ones look cheap to find in the table itself, all of which "none is left" would then read.
CREATE OR REPLACE FUNCTION purge_app(p_app_id integer, p_rows integer) RETURNS boolean LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
  v_grants uuid[];
  v_connection uuid;
  v_keys integer := 10 * p_rows;
  v_gone integer := 0;
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
    FOR v_connection IN SELECT id FROM connections WHERE grant_id = ANY (v_grants) LIMIT p_rows LOOP
      -- Nothing replaces a key meanwhile, for a deleted app's refreshes are refused.
      DELETE FROM retired_refresh_tokens WHERE digest = ANY (ARRAY(
        SELECT o.digest FROM refresh_tokens r JOIN retired_refresh_tokens o ON o.refresh_token_id = r.id
         WHERE r.connection_id = v_connection LIMIT v_keys));
      GET DIAGNOSTICS v_count = ROW_COUNT;
      v_keys := v_keys - v_count;
      IF v_keys = 0 THEN
        RETURN true;
      END IF;
      DELETE FROM connections WHERE id = v_connection;
      v_gone := v_gone + 1;
    END LOOP;
    IF v_gone < p_rows THEN
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
