// How each method is called about what stands at a place: [verb, path, body]. Bodies are good ones, so that the question of
// who may call is not hidden behind another. A method of the matrix without a line here fails the test.
//
// `mine`: the method is about the caller's own things and names none of them. `internal`: no front serves it. `expects`: how the
// method may refuse the good request for a reason of its own.

const A = 'wenming.activity.v1.';
const O = 'wenming.org.v1.';
const V = 'wenming.volunteer.v1.';
const get = (path) => (at) => ['GET', `/v1/${path(at)}`];
const post = (path, body = () => ({})) => (at, world, caller) => ['POST', `/v1/${path(at)}`, body(at, world, caller)];
const patch = (path, body) => (at, world) => ['PATCH', `/v1/${path(at)}`, body(at, world)];
const remove = (path) => (at) => ['DELETE', `/v1/${path(at)}`];
// Reasons that the method may give once the question of who may ask is settled.
const expects = (reasons, send) => Object.assign(send, { expects: reasons.split(' ') });
// A page has the address of an answer in JSON, and is asked for as browsers do.
const page = (send) => Object.assign(send, { headers: { accept: 'text/html' } });
const mine = (send) => Object.assign(send, { mine: true });
// What a back end sends by gRPC after the name, where the method needs more than that to get to the question of who may call.
const rest = (bytes, send) => Object.assign(send, { rest: Buffer.from(bytes, 'latin1') });
const internal = null;

const reason = '测试需要';
const evidence = { evidence: { code: '000000', deviceId: 'device-1' } };
const SHIFT = { post: '引导', startTime: '2031-05-03T01:00:00Z', endTime: '2031-05-03T03:00:00Z', capacity: 5 };
const ACTIVITY = { title: '读书会', content: '共读', method: 'METHOD_TEACH', themes: ['policy'], place: '书屋' };
const leader = (at) => ({ binding: { role: 'team_leader', unit: at.unit } });
let counter = 0;

export const REQUESTS = {
  [`${A}ActivitiesService.CreateActivity`]: post((at) => `${at.unit}/activities`, () => ({ activity: ACTIVITY })),
  [`${A}ActivitiesService.GetActivity`]: get((at) => at.activity),
  [`${A}ActivitiesService.ListActivities`]: get((at) => `${at.unit}/activities`),
  [`${A}ActivitiesService.ListActivityMoves`]: get((at) => `${at.activity}/moves`),
  [`${A}ActivitiesService.ListThemes`]: get((at) => `${at.unit}/themes`),
  [`${A}ActivitiesService.MoveActivity`]: post((at) => `${at.activity}:move`, () => ({ move: 'MOVE_SUBMIT' })),
  [`${A}ActivitiesService.UpdateActivity`]: patch((at) => at.activity, () => ({ place: '书屋' })),
  [`${A}AgendaService.ListMyShifts`]: mine(get(() => 'shifts:mine')),
  [`${A}AgendaService.ListUpcomingShifts`]: get((at) => `${at.unit}/shifts:upcoming`),
  [`${A}AppealsService.AppealHours`]: post((at) => `${at.registration}:appealHours`, () =>
    ({ checkInTime: '2031-05-03T01:00:00Z', checkOutTime: '2031-05-03T03:00:00Z', reason })),
  [`${A}AppealsService.DecideAppeal`]: expects('NOT_FOUND', post((at) => `${at.registration}:decideAppeal`, () =>
    ({ outcome: 'OUTCOME_REJECTED', reason }))),
  [`${A}AppealsService.GetAppeal`]: expects('NOT_FOUND', get((at) => `${at.registration}/appeal`)),
  [`${A}AppealsService.ListOpenAppeals`]: get((at) => `${at.unit}/openAppeals`),
  [`${A}AttendanceService.CheckIn`]: post((at) => `${at.registration}:checkIn`, () => evidence),
  [`${A}AttendanceService.CheckOut`]: post((at) => `${at.registration}:checkOut`, () => evidence),
  [`${A}AttendanceService.ConfirmShift`]: post((at) => `${at.shift}:confirm`),
  [`${A}AttendanceService.CorrectAttendance`]: expects('TIME_ORDER', post((at) => `${at.registration}:correctAttendance`,
    () => ({ checkInTime: '2026-01-01T01:00:00Z', checkOutTime: '2026-01-01T02:00:00Z', reason }))),
  [`${A}AttendanceService.EndShift`]: post((at) => `${at.shift}:end`),
  [`${A}AttendanceService.GetCheckCode`]: get((at) => `${at.shift}/checkCode`),
  [`${A}AttendanceService.GetMyCode`]: get((at) => `${at.registration}/myCode?deviceId=device-1`),
  [`${A}AttendanceService.ListAttendances`]: get((at) => `${at.shift}/attendances`),
  [`${A}AttendanceService.PublicizeShift`]: post((at) => `${at.shift}:publicize`),
  [`${A}AttendanceService.RecordAttendances`]: post((at) => `${at.shift}:recordAttendances`, (at) => ({ reason,
    lines: [{ registration: at.registration, checkInTime: '2026-01-01T01:00:00Z', checkOutTime: '2026-01-01T02:00:00Z' }] })),
  [`${A}AttendanceService.ScanVolunteer`]: rest('\x12\x06000000\x18\x01', expects('PERSONAL_CODE',
    post((at) => `${at.shift}:scanVolunteer`, () => ({ code: '000000', end: 'END_IN' })))),
  [`${A}AttendanceService.SettleShift`]: post((at) => `${at.shift}:settle`),
  [`${A}AuditService.ListAuditRecords`]: expects('UNKNOWN_VALUE', get((at) => `${at.unit}/activityAuditRecords`)),
  [`${A}CalendarFeedsService.CreateCalendarFeed`]: mine(post(() => 'calendarFeeds')),
  [`${A}CalendarFeedsService.ListCalendarFeeds`]: mine(get(() => 'calendarFeeds')),
  [`${A}CalendarFeedsService.ReadCalendar`]: expects('FEED_TOKEN', get(() => 'calendarFeeds:ics?token=none')),
  [`${A}CalendarFeedsService.RevokeCalendarFeed`]: mine(expects('NOT_FOUND',
    post(() => 'calendarFeeds/01J5ZC0QX8V3M:revoke'))),
  [`${A}CalendarsService.GetCalendar`]: get((at) => `${at.unit}/calendar?year=2026`),
  [`${A}CalendarsService.ImportCalendar`]: post((at) => `${at.unit}/calendar:import`, () =>
    ({ calendar: { year: 2099, notice: '测试', days: [{ date: { year: 2099, month: 1, day: 1 }, title: '元旦' }] } })),
  [`${A}HandoversService.AcceptHandover`]: expects('NO_HANDOVER OVERLAPPING_SHIFT', post((at) => `${at.askedHandover}:accept`)),
  [`${A}HandoversService.CreateHandover`]: expects('ALREADY_EXISTS HANDOVER_SELF MOVE_NOT_ALLOWED',
    post((at) => `${at.registration}/handovers`, (at) => ({ handover: { takerNumber: at.spareVolunteerNumber } }))),
  [`${A}HandoversService.DeclineHandover`]: expects('NO_HANDOVER', post((at) => `${at.askedHandover}:decline`)),
  [`${A}HandoversService.ListMyHandovers`]: mine(get(() => 'handovers:mine')),
  [`${A}HandoversService.WithdrawHandover`]: expects('NO_HANDOVER', post((at) => `${at.handover}:withdraw`)),
  [`${A}NoticesService.ListMyNotices`]: mine(get(() => 'notices:mine')),
  [`${A}NoticesService.MarkNoticesRead`]: mine(post(() => 'notices/0000000000001:markRead')),
  [`${A}PoliciesService.GetPolicy`]: get((at) => `${at.unit}/policy`),
  [`${A}PoliciesService.UpdatePolicy`]: patch((at) => `${at.unit}/policy`, () => ({ fenceMetres: 300 })),
  [`${A}RatingsService.CreateRatingInvitations`]: post((at) => `${at.activity}/ratingInvitations`, () => ({ count: 1 })),
  [`${A}RatingsService.GetRatingSummary`]: get((at) => `${at.activity}/ratingSummary`),
  [`${A}RatingsService.ListRatings`]: get((at) => `${at.activity}/ratings`),
  [`${A}RatingsService.RateActivity`]: post(() => 'ratings:rate', () => ({ token: 'x', stars: 5 })),
  [`${A}RegistrationsService.AcceptOffer`]: post((at) => `${at.registration}:acceptOffer`),
  [`${A}RegistrationsService.CancelRegistration`]: post((at) => `${at.registration}:cancel`),
  [`${A}RegistrationsService.CreateRegistration`]: mine(post((at) => `${at.shift}/registrations`)),
  [`${A}RegistrationsService.DeclineOffer`]: post((at) => `${at.registration}:declineOffer`),
  [`${A}RegistrationsService.ExcuseRegistration`]: post((at) => `${at.registration}:excuse`, () => ({ reason })),
  [`${A}RegistrationsService.ExplainEligibility`]: get((at) => `${at.shift}:explainEligibility?volunteer=${at.volunteer}`),
  [`${A}RegistrationsService.ExportMyRegistrations`]: mine(get(() => 'registrations:export')),
  [`${A}RegistrationsService.GetRegistration`]: get((at) => at.registration),
  [`${A}RegistrationsService.ListMyRegistrations`]: mine(get(() => 'registrations:mine')),
  [`${A}RegistrationsService.ListRegistrations`]: get((at) => `${at.shift}/registrations`),
  [`${A}RostersService.ExportRoster`]: get((at) => `${at.shift}/registrations:export`),
  [`${A}SettlementsService.GetSettlement`]: get((at) => `${at.shift}/settlement`),
  [`${A}SettlementsService.ListHourEntries`]: get((at) => `${at.registration}/hourEntries`),
  [`${A}SettlementsService.ListPublicHours`]: get((at) => `${at.shift}/publicHours`),
  [`${A}SettlementsService.ReverseHours`]: post((at) => `${at.registration}:reverseHours`, () => ({ reason })),
  [`${A}ShiftsService.CreateShift`]: post((at) => `${at.activity}/shifts`, () => ({ shift: SHIFT })),
  [`${A}ShiftsService.DeleteShift`]: remove((at) => at.spareShift),
  [`${A}ShiftsService.GetShift`]: get((at) => at.shift),
  [`${A}ShiftsService.ListShifts`]: get((at) => `${at.activity}/shifts`),
  [`${A}StationPacksService.IssueStationPack`]: expects('OUTSIDE_WINDOW', post((at) => `${at.shift}:issueStationPack`)),
  [`${A}StationPacksService.UploadStationRecords`]: expects('PACK_INVALID', post((at) => `${at.shift}:uploadStationRecords`,
    (at) => ({ pass: 'none', sentTime: '2026-01-01T02:00:00Z', records: [{ recordId: 'record-0001', end: 'END_IN',
      registration: at.registration, captureTime: '2026-01-01T01:00:00Z' }] }))),
  [`${A}SupplementsService.CreateSupplement`]: post((at) => `${at.shift}/supplements`, (at) => ({ supplement: {
    volunteer: at.volunteer, startTime: '2031-05-03T01:00:00Z', endTime: '2031-05-03T03:00:00Z', reason, evidence: '合影',
    evidenceReference: '档案 2',
  } })),
  [`${A}SupplementsService.GetSupplement`]: get((at) => at.supplement),
  [`${A}SupplementsService.ListSupplements`]: get((at) => `${at.shift}/supplements`),
  [`${A}SupplementsService.MoveSupplement`]: expects('TAKEN_PART',
    post((at) => `${at.supplement}:move`, () => ({ move: 'MOVE_APPROVE' }))),

  'wenming.events.v1.EventsService.Subscribe': internal,
  'wenming.sessions.v1.RevocationsService.Watch': internal,

  [`${O}AuditService.ListAuditRecords`]: expects('UNKNOWN_VALUE', get((at) => `${at.unit}/orgAuditRecords`)),
  [`${O}ClientAuthService.IssueClientToken`]: expects('CLIENT_CERTIFICATE TOO_MANY_ATTEMPTS',
    post(() => 'auth:clientCredentials', (at) => ({ client: at.client, clientSecret: 'x' }))),
  [`${O}ClientsService.CreateClient`]: post((at) => `${at.unit}/clients`, () =>
    ({ client: { displayName: '后台', certificate: 'A'.repeat(43), roles: ['backend_reader'] } })),
  [`${O}ClientsService.DisableClient`]: post((at) => `${at.spareClient}:disable`),
  [`${O}ClientsService.GetClient`]: get((at) => at.client),
  [`${O}ClientsService.ListClients`]: get((at) => `${at.unit}/clients`),
  [`${O}ClientsService.RotateClientSecret`]: post((at) => `${at.client}:rotateSecret`),
  [`${O}DirectoryService.Watch`]: internal,
  [`${O}KeysService.GetJwks`]: () => ['GET', '/.well-known/jwks.json'],
  [`${O}OperationsService.CheckAccess`]: get(() => 'operations:checkAccess'),
  [`${O}StaffAuthService.ChangePassword`]: expects('BAD_CREDENTIALS TOO_MANY_ATTEMPTS', post(() => 'auth:changePassword',
    () => ({ username: 'nobody', password: 'x', newPassword: 'Correct-Horse-8' }))),
  [`${O}StaffAuthService.EnrolSecondFactor`]: expects('BAD_CREDENTIALS TOO_MANY_ATTEMPTS',
    post(() => 'auth:enrolSecondFactor', () => ({ username: 'nobody', password: 'x' }))),
  [`${O}StaffAuthService.ListSessions`]: mine(get(() => 'staffSessions')),
  [`${O}StaffAuthService.LogIn`]: expects('BAD_CREDENTIALS TOO_MANY_ATTEMPTS',
    post(() => 'auth:password', () => ({ username: `nobody${++counter}`, password: 'x' }))),
  [`${O}StaffAuthService.LogOut`]: expects('NOT_FOUND', mine(post(() => 'staffSessions:logOut'))),
  [`${O}StaffAuthService.RefreshSession`]: expects('REFRESH_TOKEN_INVALID',
    post(() => 'staffSessions:refresh', () => ({ refreshToken: 'x' }))),
  [`${O}StaffAuthService.RevokeSession`]: expects('NOT_FOUND', mine(post(() => 'staffSessions/0000000000002:revoke'))),
  [`${O}StaffService.CreateStaffMember`]: expects('GRANT_BEYOND_OWN', post(() => 'staff', (at) =>
    ({ username: `caller${++counter}`, displayName: '测试', password: 'Correct-Horse-7', ...leader(at) }))),
  [`${O}StaffService.DisableStaffMember`]: expects('GRANT_BEYOND_OWN', post((at) => `${at.spareStaff}:disable`)),
  [`${O}StaffService.EnableStaffMember`]: expects('GRANT_BEYOND_OWN', post((at) => `${at.spareStaff}:enable`)),
  [`${O}StaffService.GetMyAccount`]: mine(get(() => 'staff:me')),
  [`${O}StaffService.GetStaffMember`]: get((at) => at.staff),
  [`${O}StaffService.GrantRole`]: expects('GRANT_BEYOND_OWN', post((at) => `${at.staff}:grantRole`, leader)),
  [`${O}StaffService.ListRoles`]: mine(get(() => 'roles')),
  [`${O}StaffService.ListStaffMembers`]: get((at) => `${at.unit}/staff`),
  [`${O}StaffService.ResetPassword`]: expects('GRANT_BEYOND_OWN',
    post((at) => `${at.spareStaff}:resetPassword`, () => ({ password: 'Correct-Horse-9' }))),
  [`${O}StaffService.ResetSecondFactor`]: expects('GRANT_BEYOND_OWN', post((at) => `${at.spareStaff}:resetSecondFactor`)),
  [`${O}StaffService.RevokeRole`]: expects('GRANT_BEYOND_OWN NOT_FOUND', post((at) => `${at.staff}:revokeRole`,
    (at) => ({ binding: { role: 'unit_admin', unit: at.unit } }))),
  [`${O}StaffService.RevokeStaffSessions`]: expects('GRANT_BEYOND_OWN', post((at) => `${at.spareStaff}:revokeSessions`)),
  [`${O}StaffService.SetVolunteer`]: expects('GRANT_BEYOND_OWN',
    post((at) => `${at.spareStaff}:setVolunteer`, (at) => ({ volunteer: at.volunteer }))),
  [`${O}StaffService.UnlockStaffMember`]: expects('GRANT_BEYOND_OWN', post((at) => `${at.spareStaff}:unlock`)),
  [`${O}TeamsService.CreateTeam`]: post(() => 'teams', (at, world) => ({
    code: `N-${++counter}`, tier: 'TIER_SQUAD', parent: world.teams[at === world.at.O ? 'X' : 'C'], unit: at.unit, displayName: '队' })),
  [`${O}TeamsService.DeleteTeam`]: remove((at) => at.spareTeam),
  [`${O}TeamsService.GetTeam`]: get((at) => at.team),
  [`${O}TeamsService.ImportTeams`]: expects('UNKNOWN_REFERENCE',
    post(() => 'teams:import', (at) => ({ center: at.unit, csv: 'eA==', dryRun: true }))),
  [`${O}TeamsService.ListTeams`]: get((at) => `teams?unit=${encodeURIComponent(at.unit)}`),
  [`${O}TeamsService.UpdateTeam`]: patch((at) => at.team, () => ({ displayName: '队' })),
  [`${O}UnitsService.CreateUnit`]: post(() => 'units', (at) =>
    ({ code: `N-${++counter}`, level: 'LEVEL_POINT', parent: at.unit, displayName: '点' })),
  [`${O}UnitsService.DeleteUnit`]: remove((at) => at.unit),
  [`${O}UnitsService.GetUnit`]: get((at) => at.unit),
  [`${O}UnitsService.ImportUnits`]: mine(post(() => 'units:import', () => ({ csv: 'eA==', dryRun: true }))),
  [`${O}UnitsService.ListUnits`]: get((at) => `units?parent=${encodeURIComponent(at.unit)}`),
  [`${O}UnitsService.MoveUnit`]: post((at) => `${at.unit}:move`, (at) => ({ newParent: at.unit })),
  [`${O}UnitsService.UpdateUnit`]: patch((at) => at.unit, () => ({ address: '街' })),

  [`${V}AccessRequestsService.ApproveAccessRequest`]: expects('OWN_APPROVAL', post((at) => `${at.accessRequest}:approve`)),
  [`${V}AccessRequestsService.CreateAccessRequest`]: post((at) => `${at.minor}/accessRequests`,
    () => ({ accessRequest: { purpose: 'REVEAL_PURPOSE_CONTACT', reason } })),
  [`${V}AccessRequestsService.GetAccessRequest`]: get((at) => at.accessRequest),
  [`${V}AccessRequestsService.ListAccessRequests`]: get((at) => `${at.unit}/accessRequests`),
  [`${V}AccessRequestsService.RejectAccessRequest`]: expects('OWN_APPROVAL', post((at) => `${at.accessRequest}:reject`)),
  [`${V}AuditService.ListAuditRecords`]: expects('UNKNOWN_VALUE', get((at) => `${at.unit}/volunteerAuditRecords`)),
  [`${V}CertificateIssuersService.GetCertificateIssuer`]: get((at) => `${at.unit}/certificateIssuer`),
  [`${V}CertificateIssuersService.UpdateCertificateIssuer`]: patch((at) => `${at.unit}/certificateIssuer`, () =>
    ({ contact: '电话 1' })),
  [`${V}CertificatesService.BatchCreateCertificates`]: post((at) => `${at.unit}/certificates:batchCreate`, (at) =>
    ({ volunteers: [at.volunteer] })),
  [`${V}CertificatesService.CreateCertificate`]: expects('TIME_ORDER', post((at) => `${at.volunteer}/certificates`)),
  [`${V}CertificatesService.GetCertificate`]: get((at) => at.certificate),
  [`${V}CertificatesService.ListCertificates`]: get((at) => `${at.volunteer}/certificates`),
  [`${V}CertificatesService.GetCertificateKeys`]: get(() => 'certificates:keys'),
  [`${V}CertificatesService.PrintCertificate`]: get((at) => `${at.certificate}:pdf`),
  [`${V}CertificatesService.PrintCertificateBatch`]: get((at) => `${at.certificateBatch}:pdf`),
  [`${V}CertificatesService.SignCertificate`]: get((at) => `${at.certificate}:jws`),
  [`${V}CertificatesService.RevokeCertificate`]: post((at) => `${at.certificate}:revoke`, () => ({ reason })),
  [`${V}CertificatesService.ShowVerification`]: page(get(() => 'certificates:verify?code=000000')),
  [`${V}CertificatesService.VerifyCertificate`]: expects('NOT_FOUND', get(() => 'certificates:verify?code=000000')),
  [`${V}ConsentsService.GiveConsent`]: post((at) => `${at.volunteer}/consents:give`, (at, world, caller) =>
    ({ documents: [at.document], channel: caller === 'volunteer' ? 'CHANNEL_MINI_PROGRAM' : 'CHANNEL_PAPER' })),
  [`${V}ConsentsService.ListConsentDocuments`]: get((at) => `${at.unit}/consentDocuments`),
  [`${V}ConsentsService.ListConsents`]: get((at) => `${at.volunteer}/consents`),
  [`${V}ConsentsService.PublishConsentDocument`]: expects('UNKNOWN_REFERENCE',
    post((at) => `${at.unit}/consentDocuments:publish`, () =>
    ({ consentDocument: { kind: 'KIND_CHILD_RULES', title: '儿童规则', text: '关于儿童个人信息的处理规则。'.repeat(3) } }))),
  [`${V}ConsentsService.WithdrawConsent`]: post((at) => `${at.spareVolunteer}/consents:withdraw`,
    () => ({ kind: 'KIND_CHILD_RULES' })),
  [`${V}HoursService.GetHourAccount`]: get((at) => `${at.volunteer}/hourAccount`),
  [`${V}HoursService.ListHourEntries`]: get((at) => `${at.volunteer}/hourEntries`),
  [`${V}MembershipsService.CreateMembership`]: expects('ALREADY_EXISTS', post((at) => `${at.volunteer}/memberships`,
    (at) => ({ membership: { team: at.team } }))),
  [`${V}MembershipsService.EndMembership`]: post((at) => `${at.membership}:end`),
  [`${V}MembershipsService.ListMemberships`]: get((at) => `${at.volunteer}/memberships`),
  [`${V}MembershipsService.ListTeamMemberships`]: get((at) => `${at.unit}/memberships?team=${at.team}`),

  [`${V}RightsService.CorrectVolunteer`]: post((at) => `${at.volunteer}:correct`, () => ({ displayName: '更正名', reason })),
  [`${V}RightsService.EraseVolunteer`]: post((at) => `${at.spareVolunteer}:erase`, () => ({ reason })),
  [`${V}RightsService.ExportVolunteer`]: get((at) => `${at.volunteer}:export`),
  [`${V}VolunteerAuthService.BindWechat`]: mine(post(() => 'auth:bindWechat', () => ({ code: 'x' }))),
  [`${V}VolunteerAuthService.DevelopmentLogIn`]: post(() => 'auth:development', (at) => ({ volunteer: at.volunteer })),
  [`${V}VolunteerAuthService.ListSessions`]: mine(get(() => 'volunteerSessions')),
  [`${V}VolunteerAuthService.LogInWithPhone`]: expects('REQUIRED BAD_CODE',
    post(() => 'auth:phone', () => ({ phone: '12400000000', code: '000000' }))),
  [`${V}VolunteerAuthService.LogInWithWechat`]: expects('REQUIRED', post(() => 'auth:wechat', () => ({ code: 'x' }))),
  [`${V}VolunteerAuthService.LogOut`]: expects('NOT_FOUND', mine(post(() => 'volunteerSessions:logOut'))),
  [`${V}VolunteerAuthService.RefreshSession`]: expects('REFRESH_TOKEN_INVALID',
    post(() => 'volunteerSessions:refresh', () => ({ refreshToken: 'x' }))),
  [`${V}VolunteerAuthService.RegisterVolunteer`]: expects('REQUIRED', post((at) => `${at.unit}/volunteers:register`, () => ({
    displayName: '测试', idDocument: { idType: 'ID_TYPE_PASSPORT', idNumber: 'E12345678' }, consentDocuments: ['x'],
    channel: 'CHANNEL_MINI_PROGRAM' }))),
  [`${V}VolunteerAuthService.RequestPhoneCode`]: expects('REQUIRED CODE_TOO_SOON',
    post(() => 'auth:requestPhoneCode', () => ({ phone: '12400000000' }))),
  [`${V}VolunteerAuthService.RevokeSession`]: expects('NOT_FOUND', mine(post(() => 'volunteerSessions/0000000000002:revoke'))),
  [`${V}VolunteersService.CreateVolunteer`]: post((at) => `${at.unit}/volunteers`, () => ({
    volunteer: { displayName: '测试', idType: 'ID_TYPE_PASSPORT', idNumber: 'E12345678', phone: '12400004321',
      birthDate: { year: 1990, month: 1, day: 1 } } })),
  [`${V}VolunteersService.DeactivateVolunteer`]: post((at) => `${at.spareVolunteer}:deactivate`),
  [`${V}VolunteersService.GetVolunteer`]: get((at) => at.volunteer),
  [`${V}VolunteersService.ListVolunteers`]: get((at) => `${at.unit}/volunteers`),
  [`${V}VolunteersService.ReactivateVolunteer`]: post((at) => `${at.spareVolunteer}:reactivate`),
  [`${V}VolunteersService.RevealVolunteer`]: post((at) => `${at.volunteer}:reveal`, () =>
    ({ fields: ['FIELD_PHONE'], purpose: 'REVEAL_PURPOSE_CONTACT', reason })),
  [`${V}VolunteersService.UpdateVolunteer`]: patch((at) => at.volunteer, () => ({ residence: '街' })),
};
