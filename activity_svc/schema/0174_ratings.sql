-- Ratings by the people served. An invitation is its batch and its number, sealed; nothing of it is kept, so that nobody who
-- reads this can rate. Which person holds which is not known.
CREATE TABLE rating_batches (
  center_id   BIGINT UNSIGNED NOT NULL,
  id          BIGINT UNSIGNED NOT NULL,
  activity_id BIGINT UNSIGNED NOT NULL,
  asked_count INT             NOT NULL,  -- invitations 0 … asked_count - 1
  expire_time BIGINT          NOT NULL,
  actor       VARCHAR(64)     NOT NULL,
  create_time BIGINT          NOT NULL,
  PRIMARY KEY (center_id, id),
  KEY by_activity (center_id, activity_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE ratings (
  center_id   BIGINT UNSIGNED NOT NULL,
  batch_id    BIGINT UNSIGNED NOT NULL,
  number      INT             NOT NULL,
  id          BIGINT UNSIGNED NOT NULL,
  activity_id BIGINT UNSIGNED NOT NULL,
  stars       SMALLINT        NOT NULL,
  comment     VARCHAR(300)    NOT NULL,
  rate_time   BIGINT          NOT NULL,
  PRIMARY KEY (center_id, batch_id, number),
  KEY by_activity (center_id, activity_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
