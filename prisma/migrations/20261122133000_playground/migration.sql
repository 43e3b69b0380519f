-- The playground: developers run their app's own flow with their own account, by a redirect address of ours that nobody
-- else may use. What it connects is outside the ten, one at a time, short-lived, and no standing consent.

-- One live connection of the playground for a user and an app.
CREATE UNIQUE INDEX connections_playground_idx ON connections (grant_id) WHERE playground AND ended_at IS NULL;

-- Whether a user may manage an app (lib/apps/roles): the developers and admins of its organisation.
CREATE FUNCTION manages_app(p_app_id integer, p_user_id uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM apps a JOIN users u ON u.tenant_id = a.tenant_id
                  WHERE a.id = p_app_id AND u.id = p_user_id AND u.role IN ('DEVELOPER', 'ADMIN'))
$$;

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
  IF c.playground AND c.redeemed_at IS NULL AND NOT manages_app(c.app_id, g.user_id) THEN
    outcome := 'playground_forbidden'; RETURN NEXT; RETURN;
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
  IF c.playground THEN
    -- One at a time: the one before ends.
    PERFORM end_connection(con.id, 'playground_again', at) FROM connections con
     WHERE con.grant_id = g.id AND con.playground AND con.ended_at IS NULL;
  ELSIF NOT refresh_issued THEN
    -- A client without refresh tokens asks again every hour: the same browser stays the same connection.
    SELECT con.id INTO connection_id FROM connections con
     WHERE con.grant_id = g.id AND con.ended_at IS NULL AND con.user_agent = c.user_agent AND NOT con.has_refresh_token
       AND NOT con.playground
     ORDER BY con.connected_at DESC LIMIT 1;
  END IF;
  IF connection_id IS NULL THEN
    connection_id := p_connection_id;
    INSERT INTO connections (id, grant_id, app_id, scopes, user_agent, ip, connected_at, issued_at, has_refresh_token, playground, seen_at)
    -- Who makes one has seen it: no news.
    VALUES (connection_id, g.id, c.app_id, c.scopes, c.user_agent, c.ip, at, at, refresh_issued, c.playground, CASE WHEN c.playground THEN at END);
  ELSE
    UPDATE connections con SET issued_at = at, scopes = c.scopes, ip = c.ip WHERE con.id = connection_id;
  END IF;
  UPDATE authorization_codes ac SET redeemed_at = at, connection_id = redeem_code.connection_id
   WHERE ac.digest = p_digest AND ac.redeemed_at IS NULL;

  IF refresh_issued THEN
    IF NOT c.playground THEN
      -- The ten: the oldest by issue time make room. Families that have expired hold no place, and those of the playground none.
      SELECT count(*) INTO evicted FROM (
        SELECT end_connection(old.connection_id, 'evicted', at) FROM (
          SELECT rt.connection_id FROM refresh_tokens rt
           WHERE rt.grant_id = g.id AND rt.revoked_at IS NULL AND (rt.expires_at IS NULL OR rt.expires_at > at) AND NOT rt.playground
           ORDER BY rt.issued_at DESC, rt.id DESC OFFSET p_max_tokens - 1
        ) old OFFSET 0
      ) ended;
    END IF;
    -- A day at most where the playground asked (PLAYGROUND_LIFETIME_SECONDS), also for tokens that never expire.
    refresh_expires_at := at + make_interval(secs => CASE WHEN c.playground THEN least(p_refresh_seconds, 86400) ELSE p_refresh_seconds END);
    INSERT INTO refresh_tokens (connection_id, grant_id, app_id, digest, with_secret, issued_at, expires_at, playground)
    VALUES (connection_id, g.id, c.app_id, p_refresh_digest, p_secret_shown, at, refresh_expires_at, c.playground);
  END IF;
  outcome := 'ok';
  RETURN NEXT;
END $$;
