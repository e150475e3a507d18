-- The tree of units (org_svc/units).
CREATE TABLE units (
  center_id     BIGINT UNSIGNED NOT NULL,  -- of a center: its own id
  id            BIGINT UNSIGNED NOT NULL,
  parent_id     BIGINT UNSIGNED NOT NULL,  -- 0 for a center
  level         SMALLINT        NOT NULL,
  code          VARCHAR(32)     NOT NULL,
  display_name  VARCHAR(100)    NOT NULL,
  division_code VARCHAR(12)     NOT NULL,
  opened_date   DATE            NULL,
  latitude      DOUBLE          NULL,
  longitude     DOUBLE          NULL,
  address       VARCHAR(200)    NOT NULL,
  state         SMALLINT        NOT NULL,
  version       BIGINT          NOT NULL,
  create_time   BIGINT          NOT NULL,
  update_time   BIGINT          NOT NULL,
  PRIMARY KEY (center_id, id),
  UNIQUE KEY by_code (center_id, code),
  KEY by_parent (center_id, parent_id, state)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Which centers there are: a code is given once on the whole platform.
CREATE TABLE centers (
  code      VARCHAR(32)     NOT NULL,
  center_id BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (code)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
