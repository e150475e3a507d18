-- What a volunteer is told, written in the transaction of what it tells.
CREATE TABLE notices (
  center_id    BIGINT UNSIGNED NOT NULL,
  volunteer_id BIGINT UNSIGNED NOT NULL,
  id           BIGINT UNSIGNED NOT NULL,  -- grows with time
  kind         SMALLINT        NOT NULL,
  source_kind  SMALLINT        NOT NULL,  -- 1: a registration; 2: a supplement
  source_id    BIGINT UNSIGNED NOT NULL,
  activity_id  BIGINT UNSIGNED NOT NULL,
  minutes      INT             NOT NULL,
  outcome      SMALLINT        NOT NULL,  -- of an appeal; 0 else
  reason       VARCHAR(500)    NOT NULL,
  create_time  BIGINT          NOT NULL,
  read_time    BIGINT,
  unread       SMALLINT,                  -- 1, or null once read
  PRIMARY KEY (center_id, volunteer_id, id),
  KEY by_unread (center_id, volunteer_id, unread, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
