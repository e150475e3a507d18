-- Links by which calendars follow a volunteer's shifts.
CREATE TABLE calendar_feeds (
  center_id    BIGINT UNSIGNED NOT NULL,
  id           BIGINT UNSIGNED NOT NULL,
  volunteer_id BIGINT UNSIGNED NOT NULL,
  display_name VARCHAR(30)     NOT NULL,
  token_hash   BINARY(32)      NOT NULL,  -- SHA-256; the token itself is not kept
  create_time  BIGINT          NOT NULL,
  revoke_time  BIGINT,
  PRIMARY KEY (center_id, id),
  UNIQUE KEY by_token (center_id, token_hash),
  KEY by_volunteer (center_id, volunteer_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
