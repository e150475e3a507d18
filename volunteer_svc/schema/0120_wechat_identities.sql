-- Who logs in with which WeChat account. An application knows the account by an openid, all applications of one owner by
-- its unionid; both are encrypted and found by their blind index.
CREATE TABLE wechat_identities (
  center_id      BIGINT UNSIGNED NOT NULL,
  app            VARCHAR(64)     NOT NULL,  -- the application's id; empty: this is the unionid
  subject_index  BINARY(16)      NOT NULL,
  volunteer_id   BIGINT UNSIGNED NOT NULL,
  subject_sealed VARBINARY(200)  NOT NULL,
  create_time    BIGINT          NOT NULL,
  PRIMARY KEY (center_id, app, subject_index),
  UNIQUE KEY by_volunteer (center_id, volunteer_id, app)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
