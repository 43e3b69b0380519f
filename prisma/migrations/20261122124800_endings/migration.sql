-- What ends an app, or all of its tokens, is one small transaction however many connections the app has: redemptions and
-- refreshes ask for it from its commit on, and batches write it on the rows. See app_endings and apps.deleted_at.

-- Redemptions and refreshes of an app go on side by side; whatever ends its tokens waits for those that are on their way and
-- holds up those that come: a token can't slip through between the judgement of its grant and the not-before time.
-- Taken before every row's lock. Not the app's row: a shared lock on a row is written to disk.
CREATE FUNCTION use_app_tokens(p_app_id integer) RETURNS void LANGUAGE sql VOLATILE AS
$$ SELECT pg_advisory_xact_lock_shared(1195461704, p_app_id) $$;

CREATE FUNCTION end_app_tokens(p_app_id integer) RETURNS void LANGUAGE sql VOLATILE AS
$$ SELECT pg_advisory_xact_lock(1195461704, p_app_id) $$;

CREATE OR REPLACE FUNCTION app_stops() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    PERFORM end_app_tokens(OLD.id);
  END IF;
  PERFORM set_not_before('app:' || OLD.id);
  RETURN NULL;
END $$;

-- How a family was issued is in the index, for counts of the one or the other kind.
DROP INDEX refresh_tokens_live_idx;
CREATE INDEX refresh_tokens_live_idx ON refresh_tokens (app_id, id) INCLUDE (with_secret) WHERE revoked_at IS NULL;

-- Redeems an authorization code (RFC 6749 §4.1.3). A refusal changes nothing but the failure counter; a valid second
-- redemption ends what the first one issued (§4.1.2).
CREATE OR REPLACE FUNCTION redeem_code(
  p_digest bytea,
  p_app_id integer,
  p_redirect_uri text,        -- null: not sent
  p_challenge text,           -- S256 of the verifier that was sent; null: none
  p_secret_shown boolean,
  p_connection_id uuid,       -- for a new connection
  p_refresh_digest bytea,     -- for a new refresh token
  p_refresh_seconds integer,  -- null: never expires
  p_max_tokens integer,
  p_max_failures integer,
  p_scope_names text[] DEFAULT NULL  -- what the app has declared; null: it has not said, and may have everything
) RETURNS TABLE (
  outcome text, at timestamptz, user_id uuid, username text, tenant text, scopes text,
  connection_id uuid, refresh_issued boolean, refresh_expires_at timestamptz, evicted integer
) LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
  c authorization_codes%ROWTYPE;
  g grants%ROWTYPE;
  v_grant uuid;
BEGIN
  evicted := 0;
  PERFORM use_app_tokens(p_app_id);
  -- What the foreign key of the new connection would lock later: taken first, for a deletion of the app goes that way, too.
  PERFORM 1 FROM apps a WHERE a.id = p_app_id FOR KEY SHARE;
  SELECT ac.grant_id INTO v_grant FROM authorization_codes ac WHERE ac.digest = p_digest;
  IF NOT FOUND THEN
    outcome := 'code_unknown'; RETURN NEXT; RETURN;
  END IF;
  SELECT * INTO g FROM grants gr WHERE gr.id = v_grant FOR UPDATE;
  SELECT * INTO c FROM authorization_codes ac WHERE ac.digest = p_digest FOR UPDATE;
  IF NOT FOUND THEN
    outcome := 'code_unknown'; RETURN NEXT; RETURN;
  END IF;
  at := db_now();
  user_id := g.user_id;

  outcome := CASE
    WHEN c.app_id <> p_app_id THEN 'code_wrong_client'
    WHEN c.failures >= p_max_failures THEN 'code_burnt'
    WHEN c.redeemed_at IS NULL AND at >= c.expires_at THEN 'code_expired'
    WHEN p_redirect_uri IS NOT NULL AND p_redirect_uri <> c.redirect_uri THEN 'code_redirect_mismatch'
    WHEN c.code_challenge IS NOT NULL AND p_challenge IS NULL THEN 'pkce_missing'
    WHEN c.code_challenge IS NULL AND p_challenge IS NOT NULL THEN 'pkce_unexpected'
    WHEN c.code_challenge <> p_challenge THEN 'pkce_mismatch'
    WHEN c.code_challenge IS NULL AND NOT p_secret_shown THEN 'proof_missing'
    ELSE grant_problem(c.app_id, g.user_id)
  END;
  IF outcome IS NOT NULL THEN
    IF outcome IN ('code_wrong_client', 'code_redirect_mismatch', 'pkce_missing', 'pkce_unexpected', 'pkce_mismatch', 'proof_missing') THEN
      UPDATE authorization_codes ac SET failures = ac.failures + 1 WHERE ac.digest = p_digest AND ac.redeemed_at IS NULL;
    END IF;
    RETURN NEXT; RETURN;
  END IF;

  IF c.redeemed_at IS NULL AND g.revoked_at IS NOT NULL THEN
    outcome := 'grant_ended'; RETURN NEXT; RETURN;
  END IF;
  IF c.redeemed_at IS NULL AND EXISTS (SELECT 1 FROM app_endings e WHERE e.app_id = c.app_id AND c.issued_at <= e.at) THEN
    outcome := 'code_withdrawn'; RETURN NEXT; RETURN;
  END IF;
  IF c.redeemed_at IS NULL AND scopes_withdrawn(c.scopes, p_scope_names) THEN
    outcome := 'scope_withdrawn'; RETURN NEXT; RETURN;
  END IF;
  IF c.redeemed_at IS NOT NULL THEN
    outcome := 'code_replayed';
    connection_id := c.connection_id;
    -- The connection may have ended in another way meanwhile: its access tokens end now all the same.
    PERFORM end_connection(c.connection_id, 'replayed', at);
    IF NOT EXISTS (SELECT 1 FROM token_not_before n WHERE n.subject = 'connection:' || c.connection_id) THEN
      INSERT INTO audit_events (user_id, kind, subject, data)
      VALUES (g.user_id, 'code_replayed', 'connection:' || c.connection_id, jsonb_build_object('appId', c.app_id));
    END IF;
    PERFORM set_not_before('connection:' || c.connection_id);
    RETURN NEXT; RETURN;
  END IF;

  scopes := c.scopes;
  SELECT u.username, t.name INTO username, tenant FROM users u JOIN tenants t ON t.id = u.tenant_id WHERE u.id = g.user_id;
  refresh_issued := (p_secret_shown AND c.lasting) OR c.offline_access;
  IF refresh_issued THEN
    connection_id := p_connection_id;
  ELSE
    -- A client without refresh tokens asks again every hour: the same browser stays the same connection.
    SELECT con.id INTO connection_id FROM connections con
     WHERE con.grant_id = g.id AND con.ended_at IS NULL AND con.user_agent = c.user_agent AND NOT con.has_refresh_token
     ORDER BY con.connected_at DESC LIMIT 1;
  END IF;
  IF connection_id IS NULL OR refresh_issued THEN
    connection_id := p_connection_id;
    INSERT INTO connections (id, grant_id, app_id, scopes, user_agent, ip, connected_at, issued_at, has_refresh_token)
    VALUES (connection_id, g.id, c.app_id, c.scopes, c.user_agent, c.ip, at, at, refresh_issued);
  ELSE
    UPDATE connections con SET issued_at = at, scopes = c.scopes, ip = c.ip WHERE con.id = connection_id;
  END IF;
  UPDATE authorization_codes ac SET redeemed_at = at, connection_id = redeem_code.connection_id
   WHERE ac.digest = p_digest AND ac.redeemed_at IS NULL;

  IF refresh_issued THEN
    -- The ten: the oldest by issue time make room. Families that have expired hold no place.
    SELECT count(*) INTO evicted FROM (
      SELECT end_connection(old.connection_id, 'evicted', at) FROM (
        SELECT rt.connection_id FROM refresh_tokens rt
         WHERE rt.grant_id = g.id AND rt.revoked_at IS NULL AND (rt.expires_at IS NULL OR rt.expires_at > at)
         ORDER BY rt.issued_at DESC, rt.id DESC OFFSET p_max_tokens - 1
      ) old OFFSET 0
    ) ended;
    refresh_expires_at := at + make_interval(secs => p_refresh_seconds);
    INSERT INTO refresh_tokens (connection_id, grant_id, app_id, digest, with_secret, issued_at, expires_at)
    VALUES (connection_id, g.id, c.app_id, p_refresh_digest, p_secret_shown, at, refresh_expires_at);
  END IF;
  outcome := 'ok';
  RETURN NEXT;
END $$;

-- Refreshes (RFC 6749 §6). Families that rotate do so with confirmation: the old key is retired only when its successor
-- is first used (RFC 9700 §4.14.2), so a lost answer costs nothing.
CREATE OR REPLACE FUNCTION refresh_access(
  p_digest bytea,
  p_app_id integer,
  p_secret_shown boolean,
  p_successors bytea[],      -- digests of the successor of the key shown, one for each server key, newest first
  p_jti uuid,
  p_kid text,
  p_interval_seconds integer,
  p_scope_names text[] DEFAULT NULL  -- as in redeem_code
) RETURNS TABLE (
  outcome text, event text, at timestamptz, user_id uuid, username text, tenant text, scopes text,
  connection_id uuid, rotates boolean, successor integer, refresh_expires_at timestamptz,
  retry_after numeric, last_refresh_at timestamptz, last_jti uuid, last_kid text
) LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
  f refresh_tokens%ROWTYPE;
  g grants%ROWTYPE;
  v_family uuid;
  v_grant uuid;
  v_role text;
  v_scopes text;
BEGIN
  PERFORM use_app_tokens(p_app_id);
  SELECT fam.id, fam.grant_id INTO v_family, v_grant FROM family_of(p_digest) fam;
  IF NOT FOUND THEN
    outcome := 'refresh_unknown'; RETURN NEXT; RETURN;
  END IF;
  SELECT * INTO g FROM grants gr WHERE gr.id = v_grant FOR UPDATE;
  SELECT * INTO f FROM refresh_tokens rt WHERE rt.id = v_family FOR UPDATE;
  IF NOT FOUND THEN
    outcome := 'refresh_unknown'; RETURN NEXT; RETURN;
  END IF;
  at := db_now();
  v_role := CASE WHEN f.digest = p_digest THEN 'current' WHEN f.pending_digest = p_digest THEN 'pending' ELSE 'retired' END;
  user_id := g.user_id;
  connection_id := f.connection_id;
  rotates := NOT f.with_secret;
  refresh_expires_at := f.expires_at;
  IF f.revoked_at IS NULL THEN
    -- Decided for all of the app's families at once, and not written on this one yet.
    f.revoked_reason := (SELECT e.reason FROM app_endings e
      WHERE e.app_id = f.app_id AND f.issued_at <= e.at AND NOT e.codes_only AND coalesce(e.with_secret, f.with_secret) = f.with_secret
      ORDER BY e.at, e.id LIMIT 1);
  END IF;

  outcome := CASE
    WHEN f.app_id <> p_app_id THEN 'refresh_wrong_client'
    WHEN f.with_secret AND NOT p_secret_shown THEN 'refresh_secret_missing'
    WHEN f.revoked_reason IS NOT NULL THEN 'refresh_revoked'
    WHEN f.expires_at <= at THEN 'refresh_expired'
    ELSE grant_problem(f.app_id, g.user_id)
  END;
  IF outcome IS NOT NULL THEN
    IF outcome = 'refresh_revoked' THEN event := f.revoked_reason; END IF;
    RETURN NEXT; RETURN;
  END IF;
  IF g.revoked_at IS NOT NULL THEN
    outcome := 'grant_ended'; RETURN NEXT; RETURN;
  END IF;

  IF v_role = 'retired' THEN
    outcome := 'refresh_retired';
    PERFORM end_stolen(f.connection_id, g.user_id, f.app_id, at);
    RETURN NEXT; RETURN;
  END IF;

  -- Theft is seen whatever the app may ask for; from here on nothing is changed for a token that could open nothing.
  v_scopes := (SELECT con.scopes FROM connections con WHERE con.id = f.connection_id);
  IF scopes_withdrawn(v_scopes, p_scope_names) THEN
    outcome := 'scope_withdrawn'; RETURN NEXT; RETURN;
  END IF;

  last_refresh_at := f.last_refresh_at;
  last_jti := f.last_jti;
  last_kid := f.last_kid;
  IF at < f.last_refresh_at + make_interval(secs => p_interval_seconds) THEN
    outcome := 'refresh_too_soon';
    retry_after := extract(epoch FROM f.last_refresh_at + make_interval(secs => p_interval_seconds) - at);
    scopes := v_scopes;
    SELECT u.username, t.name INTO username, tenant FROM users u JOIN tenants t ON t.id = u.tenant_id WHERE u.id = g.user_id;
    successor := array_position(p_successors, f.pending_digest);
    RETURN NEXT; RETURN;
  END IF;

  successor := 1;
  IF v_role = 'pending' THEN
    -- The successor was used: its predecessor is retired, and one that comes back is theft.
    INSERT INTO retired_refresh_tokens (digest, refresh_token_id, retired_at) VALUES (f.digest, f.id, at);
    f.redelivery_streak := CASE WHEN f.redelivered THEN f.redelivery_streak ELSE 0 END;
    f.redelivered := false;
    f.generation := f.generation + 1;
    f.digest := p_digest;
    f.pending_digest := p_successors[1];
  ELSIF f.pending_digest IS NOT NULL THEN
    -- The same successor again: its first delivery was lost, or two places use one token.
    successor := coalesce(array_position(p_successors, f.pending_digest), 1);
    f.pending_digest := p_successors[successor];
    IF NOT f.redelivered THEN
      f.redelivered := true;
      f.redelivery_streak := f.redelivery_streak + 1;
      IF f.redelivery_streak = 2 THEN
        event := 'used_from_two_places';
        INSERT INTO audit_events (user_id, kind, subject, data)
        VALUES (g.user_id, event, 'connection:' || f.connection_id, jsonb_build_object('appId', f.app_id));
      ELSIF f.redelivery_streak > 2 THEN
        outcome := 'refresh_diverged';
        PERFORM end_stolen(f.connection_id, g.user_id, f.app_id, at);
        RETURN NEXT; RETURN;
      END IF;
    END IF;
  ELSIF rotates THEN
    f.pending_digest := p_successors[1];
  END IF;
  UPDATE refresh_tokens rt
     SET digest = f.digest, pending_digest = f.pending_digest, generation = f.generation, redelivered = f.redelivered,
         redelivery_streak = f.redelivery_streak, last_refresh_at = at, last_jti = p_jti, last_kid = p_kid
   WHERE rt.id = f.id;

  scopes := v_scopes;
  SELECT u.username, t.name INTO username, tenant FROM users u JOIN tenants t ON t.id = u.tenant_id WHERE u.id = g.user_id;
  outcome := 'ok';
  RETURN NEXT;
END $$;

-- Writes an ending on the next families of its app, and on their connections. Grants are locked first, as everywhere.
-- The place it has come to is committed with it. Returns whether there may be more.
CREATE FUNCTION write_ending(p_ending_id integer, p_rows integer) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  e app_endings%ROWTYPE;
  v_now timestamptz := db_now();
  v_families uuid[];
  v_connections uuid[];
BEGIN
  SELECT * INTO e FROM app_endings WHERE id = p_ending_id FOR UPDATE;
  IF NOT FOUND OR e.codes_only THEN
    RETURN false;
  END IF;
  v_families := ARRAY(
    SELECT rt.id FROM refresh_tokens rt
     WHERE rt.app_id = e.app_id AND rt.revoked_at IS NULL AND rt.id > coalesce(e.ended_up_to, '00000000-0000-0000-0000-000000000000')
     ORDER BY rt.id LIMIT p_rows);
  PERFORM 1 FROM grants g WHERE g.id IN (SELECT rt.grant_id FROM refresh_tokens rt WHERE rt.id = ANY (v_families)) ORDER BY g.id FOR UPDATE;
  WITH ended AS (
    UPDATE refresh_tokens rt SET revoked_at = v_now, revoked_reason = e.reason
     WHERE rt.id = ANY (v_families) AND rt.revoked_at IS NULL AND rt.issued_at <= e.at AND coalesce(e.with_secret, rt.with_secret) = rt.with_secret
    RETURNING rt.connection_id)
  SELECT array_agg(connection_id) INTO v_connections FROM ended;
  UPDATE connections k SET ended_at = v_now, ended_reason = e.reason WHERE k.id = ANY (v_connections) AND k.ended_at IS NULL;
  UPDATE app_endings SET ended_up_to = coalesce(v_families[cardinality(v_families)], ended_up_to) WHERE id = e.id;
  RETURN cardinality(v_families) = p_rows;
END $$;

-- Deletes some of what stands below a deleted app, and in the end the app. Returns whether there may be more.
CREATE FUNCTION purge_app(p_app_id integer, p_rows integer) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_grants uuid[];
  v_count integer;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM apps WHERE id = p_app_id AND deleted_at IS NOT NULL) THEN
    RETURN false;
  END IF;
  DELETE FROM oauth_events WHERE id = ANY (ARRAY(SELECT id FROM oauth_events WHERE app_id = p_app_id ORDER BY id LIMIT p_rows FOR UPDATE SKIP LOCKED));
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
