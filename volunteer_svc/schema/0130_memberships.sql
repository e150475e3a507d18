-- Who belongs to which team, and who did.
CREATE TABLE memberships (
  center_id    BIGINT UNSIGNED NOT NULL,
  id           BIGINT UNSIGNED NOT NULL,  -- grows with time
  volunteer_id BIGINT UNSIGNED NOT NULL,
  team_id      BIGINT UNSIGNED NOT NULL,
  live         SMALLINT,                  -- 1, or null once it has ended: then one may join again
  join_time    BIGINT          NOT NULL,
  end_time     BIGINT,
  PRIMARY KEY (center_id, id),
  UNIQUE KEY once (center_id, volunteer_id, team_id, live),
  KEY by_volunteer (center_id, volunteer_id, live, id),
  KEY by_team (center_id, team_id, live, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- How many teams one person may belong to. The row of center 0 holds for every center that has none of its own.
CREATE TABLE team_limits (
  center_id  BIGINT UNSIGNED NOT NULL,
  most_teams INT             NOT NULL,
  PRIMARY KEY (center_id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
INSERT INTO team_limits (center_id, most_teams) VALUES (0, 5);  -- seen on running platforms
