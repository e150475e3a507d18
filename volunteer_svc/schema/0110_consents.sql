-- What people agree to, and who has agreed (个人信息保护法 Art 14–16, 29, 31).

-- Texts to agree to; never changed. Center 0 holds the defaults; a center's own version of a kind stands instead, and
-- counts on from the default's.
CREATE TABLE consent_documents (
  center_id    BIGINT UNSIGNED NOT NULL,
  id           BIGINT UNSIGNED NOT NULL,
  kind         SMALLINT        NOT NULL,  -- ConsentDocument.Kind
  version      INT             NOT NULL,
  title        VARCHAR(100)    NOT NULL,
  text         MEDIUMTEXT      NOT NULL,
  publish_time BIGINT          NOT NULL,
  publisher    VARCHAR(64)     NOT NULL,  -- "staff/…"; empty for the defaults
  PRIMARY KEY (center_id, id),
  UNIQUE KEY by_version (center_id, kind, version)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Who has agreed to what, when and how. The hash says to which words, whatever becomes of the document.
CREATE TABLE consents (
  center_id     BIGINT UNSIGNED NOT NULL,
  volunteer_id  BIGINT UNSIGNED NOT NULL,
  id            BIGINT UNSIGNED NOT NULL,
  document_id   BIGINT UNSIGNED NOT NULL,
  kind          SMALLINT        NOT NULL,
  version       INT             NOT NULL,
  text_hash     BINARY(32)      NOT NULL,  -- SHA-256
  by_guardian   SMALLINT        NOT NULL,
  channel       SMALLINT        NOT NULL,  -- Consent.Channel
  recorder      VARCHAR(64)     NOT NULL,  -- "volunteers/…" or "staff/…"
  give_time     BIGINT          NOT NULL,
  withdraw_time BIGINT          NULL,
  PRIMARY KEY (center_id, volunteer_id, id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

INSERT INTO consent_documents (center_id, id, kind, version, title, text, publish_time, publisher) VALUES
(0, 1, 1, 1, '个人信息处理同意书',
'一、处理者：您所在县（市、区）的新时代文明实践中心及其所、站（以下称“我们”）。
二、目的：招募和登记志愿者，组织志愿服务活动，记录服务时长，出具志愿服务记录证明，办理保险，处理申诉。
三、信息种类：姓名、性别、出生日期、住址、联系方式、服务技能、服务意愿，以及报名、签到、签退、时长和证明记录。上述内容是《志愿服务记录与证明出具办法（试行）》（民政部令第67号）第五条、第七条要求记录的信息。
四、方式和期限：加密保存，只在组织服务所必需的范围内由有权限的工作人员使用；除法律另有规定外，保存至您注销志愿者身份并要求删除时为止。删除后，服务时长只作为不能识别您个人的统计数据保留。
五、提供和公开：不向他人提供，不公开；对外只显示志愿者编号和打码后的姓名。依法应当提供的除外。
六、您的权利：您可以随时查阅、复制、更正、转移、删除您的个人信息，可以随时撤回本同意。撤回与同意一样方便，在同一页面办理；撤回后我们停止处理，您将不能继续参加活动，撤回前已进行的处理不受影响。
七、您不同意的，可以不注册；我们不会因此拒绝向您提供与志愿服务无关的服务。
我已阅读并同意上述内容。', 0, ''),
(0, 2, 2, 1, '敏感个人信息单独同意书',
'依照《中华人民共和国个人信息保护法》第二十九条，处理敏感个人信息应当取得您的单独同意。
一、信息种类：证件类型和证件号码；签到签退时的位置；未满十四周岁未成年人的全部个人信息。
二、必要性：证件号码用于确认一人一号、出具证明和办理保险；位置只在您签到、签退的一刻使用，用于确认您在活动地点，不作连续记录。
三、对您的影响：一旦泄露或者被非法使用，可能导致人格尊严受到侵害或者人身、财产安全受到危害。为此，证件号码加密保存，在所有页面打码显示；工作人员查看完整号码须说明理由并留下记录。
四、您可以随时撤回本同意，撤回后您将不能继续参加活动。
我已单独阅读并同意上述内容。', 0, ''),
(0, 3, 3, 1, '监护人同意书',
'一、被监护人未满十八周岁。作为其监护人，我同意其注册为志愿者，同意处理其个人信息和我的姓名、证件号码、联系方式，用于确认监护关系和与我联系。
二、我知悉：未成年人不参加抢险救灾等有危险的志愿服务；参加活动应与其年龄、智力相适应；活动的组织者应当告知我时间、地点和内容。
三、工作人员查看被监护人的完整信息须经他人审批并留下记录（《未成年人网络保护条例》第三十六条）。
四、我可以随时代为查阅、更正、删除其个人信息，可以随时撤回本同意；撤回后其不再参加活动。
我已阅读并同意上述内容。', 0, ''),
(0, 4, 4, 1, '儿童个人信息处理规则',
'本规则适用于未满十四周岁的未成年人（以下称“儿童”），依照《中华人民共和国个人信息保护法》第三十一条制定，由监护人阅读并同意。
一、只处理注册、参加活动和记录时长所必需的信息，不用于其他目的，不用于个性化推荐，不向第三方提供。
二、儿童的全部个人信息按敏感个人信息保护：加密保存，姓名、证件号码、电话在所有页面打码显示。
三、只有经批准的工作人员在批准的期限内可以查看完整信息，每次查看都有记录，监护人可以要求提供该记录。
四、儿童参加活动须由监护人或者其委托的成年人陪同或者接送。
五、监护人可以随时查阅、复制、更正、删除儿童的个人信息；监护人撤回同意或者儿童退出的，我们停止处理，并按要求删除。
六、儿童满十四周岁后，由其本人与监护人重新确认同意书。
我作为监护人，已阅读并同意上述规则。', 0, '');
