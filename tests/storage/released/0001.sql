BEGIN TRANSACTION;
CREATE TABLE accounts (
	account TEXT NOT NULL, 
	read_started_at DATETIME, 
	resting_until DATETIME, 
	resting_why TEXT NOT NULL, 
	worker TEXT NOT NULL, 
	epoch INTEGER NOT NULL, 
	leased_until DATETIME, 
	mailbox TEXT NOT NULL, 
	proven_mailbox TEXT NOT NULL, 
	proven_how TEXT NOT NULL, 
	proven_at DATETIME, 
	tally TEXT NOT NULL, 
	paced_until DATETIME, 
	first_sent_at DATETIME, 
	troubles INTEGER NOT NULL, 
	CONSTRAINT pk_accounts PRIMARY KEY (account)
);
INSERT INTO "accounts" VALUES('anna','2026-03-02 09:00:00.000000',NULL,'','w1',1,'2026-03-03 09:00:00.000000','','','',NULL,'[[2954070,3]]',NULL,'2026-03-02 09:01:00.000000',0);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE aliases (
	id INTEGER NOT NULL, 
	address TEXT NOT NULL, 
	contact_id INTEGER NOT NULL, 
	CONSTRAINT pk_aliases PRIMARY KEY (id), 
	CONSTRAINT fk_aliases_contact_id FOREIGN KEY(contact_id) REFERENCES contacts (id), 
	CONSTRAINT uq_aliases_address UNIQUE (address)
);
INSERT INTO "aliases" VALUES(1,'b@home.example',1);
CREATE TABLE contacts (
	id INTEGER NOT NULL, 
	address TEXT NOT NULL, 
	given_name TEXT NOT NULL, 
	family_name TEXT NOT NULL, 
	company TEXT NOT NULL, 
	relationship VARCHAR, 
	account TEXT NOT NULL, 
	value BIGINT NOT NULL, 
	interests JSON NOT NULL, 
	tags JSON NOT NULL, 
	observes JSON NOT NULL, 
	dates JSON NOT NULL, 
	zone TEXT NOT NULL, 
	street TEXT NOT NULL, 
	postal_code TEXT NOT NULL, 
	city TEXT NOT NULL, 
	country TEXT NOT NULL, 
	subdivision TEXT NOT NULL, 
	language TEXT NOT NULL, 
	phone TEXT NOT NULL, 
	notes TEXT NOT NULL, 
	note TEXT NOT NULL, 
	legal_form VARCHAR, 
	consent_basis VARCHAR, 
	consent_since DATE, 
	consent_evidence TEXT NOT NULL, 
	consent_expires DATE, 
	consent_jurisdiction TEXT NOT NULL, 
	consent_notice BOOLEAN NOT NULL, 
	permission_warned TEXT NOT NULL, 
	custom JSON NOT NULL, 
	created_at DATETIME, 
	company_name TEXT NOT NULL, 
	company_domain TEXT NOT NULL, 
	last_touch_at DATETIME, 
	last_heard_at DATETIME, 
	CONSTRAINT pk_contacts PRIMARY KEY (id), 
	CONSTRAINT uq_contacts_address UNIQUE (address)
);
INSERT INTO "contacts" VALUES(1,'bob@firm.example','Bob','','',NULL,'',0,'[]','[]','[]','{}','','','','','','','','','','',NULL,'express','2020-01-01','a signed form',NULL,'',0,'','{}','2026-03-02 09:00:00.000000','','firm.example','2026-03-02 09:01:00.000000','2026-03-02 10:00:00.000000');
INSERT INTO "contacts" VALUES(2,'ada@else.example','','','',NULL,'',0,'[]','[]','[]','{}','','','','','','','','','','',NULL,'express','2020-01-01','a signed form',NULL,'',0,'','{}','2026-03-02 09:00:00.000000','','else.example','2026-03-02 09:01:00.000000',NULL);
INSERT INTO "contacts" VALUES(3,'cleo@third.example','','','',NULL,'',0,'[]','[]','[]','{}','','','','','','','','','','',NULL,'express','2020-01-01','a signed form',NULL,'',0,'','{}','2026-03-02 09:00:00.000000','','third.example',NULL,NULL);
CREATE TABLE cues (
	id INTEGER NOT NULL, 
	contact_id INTEGER NOT NULL, 
	account TEXT NOT NULL, 
	text TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	"on" DATE, 
	every TEXT NOT NULL, 
	sequence TEXT NOT NULL, 
	channel VARCHAR NOT NULL, 
	CONSTRAINT pk_cues PRIMARY KEY (id), 
	CONSTRAINT fk_cues_contact_id FOREIGN KEY(contact_id) REFERENCES contacts (id)
);
INSERT INTO "cues" VALUES(1,1,'x','x','2026-03-02 09:00:00.000000','2026-03-02','x','x','mail');
CREATE TABLE cursors (
	account TEXT NOT NULL, 
	folder VARCHAR NOT NULL, 
	uidvalidity BIGINT NOT NULL, 
	uid BIGINT NOT NULL, 
	CONSTRAINT pk_cursors PRIMARY KEY (account, folder)
);
INSERT INTO "cursors" VALUES('anna','inbox',7,1);
CREATE TABLE drafts (
	id INTEGER NOT NULL, 
	enrollment_id INTEGER NOT NULL, 
	contact_id INTEGER NOT NULL, 
	account TEXT NOT NULL, 
	sequence TEXT NOT NULL, 
	step TEXT NOT NULL, 
	occurrence TEXT NOT NULL, 
	message_id TEXT NOT NULL, 
	piece TEXT NOT NULL, 
	state VARCHAR NOT NULL, 
	sheet JSON NOT NULL, 
	made_at DATETIME NOT NULL, 
	why TEXT NOT NULL, 
	decided_at DATETIME, 
	wire BLOB, 
	copy_state VARCHAR, 
	copy_since DATETIME, 
	copy_uidvalidity BIGINT, 
	copy_uid BIGINT, 
	copy_subject TEXT NOT NULL, 
	copy_text TEXT NOT NULL, 
	CONSTRAINT pk_drafts PRIMARY KEY (id), 
	CONSTRAINT fk_drafts_enrollment_id FOREIGN KEY(enrollment_id) REFERENCES enrollments (id), 
	CONSTRAINT fk_drafts_contact_id FOREIGN KEY(contact_id) REFERENCES contacts (id)
);
INSERT INTO "drafts" VALUES(1,1,1,'x','x','x','x','x','x','waiting','{}','2026-03-02 09:00:00.000000','x','2026-03-02 09:00:00.000000',X'46726F6D3A206140622E6578616D706C650D0A0D0A48656C6C6F2E0D0A','placing','2026-03-02 09:00:00.000000',1,1,'x','x');
CREATE TABLE encounters (
	contact_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	channel VARCHAR NOT NULL, 
	CONSTRAINT pk_encounters PRIMARY KEY (contact_id, at, channel), 
	CONSTRAINT fk_encounters_contact_id FOREIGN KEY(contact_id) REFERENCES contacts (id)
);
INSERT INTO "encounters" VALUES(1,'2026-03-02 09:00:00.000000','mail');
CREATE TABLE enrollments (
	id INTEGER NOT NULL, 
	contact_id INTEGER NOT NULL, 
	account TEXT NOT NULL, 
	sequence TEXT NOT NULL, 
	revision TEXT NOT NULL, 
	state VARCHAR NOT NULL, 
	position TEXT NOT NULL, 
	anchor_at DATETIME NOT NULL, 
	due_at DATETIME, 
	enrolled_at DATETIME NOT NULL, 
	because TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	run INTEGER NOT NULL, 
	lane TEXT NOT NULL, 
	occurrence TEXT NOT NULL, 
	owes TEXT NOT NULL, 
	held_until DATETIME, 
	held_why TEXT NOT NULL, 
	CONSTRAINT pk_enrollments PRIMARY KEY (id), 
	CONSTRAINT fk_enrollments_contact_id FOREIGN KEY(contact_id) REFERENCES contacts (id), 
	CONSTRAINT uq_enrollments_contact_id_sequence_run_lane UNIQUE (contact_id, sequence, run, lane)
);
INSERT INTO "enrollments" VALUES(1,1,'anna','tips','r1','handed_off','second','2026-03-02 09:01:00.000000','2026-03-09 09:00:00.000000','2026-03-02 09:00:00.000000','by hand','answered',1,'','1','',NULL,'');
INSERT INTO "enrollments" VALUES(2,2,'anna','tips','r1','active','second','2026-03-02 09:01:00.000000','2026-03-09 09:00:00.000000','2026-03-02 09:00:00.000000','by hand','',1,'','1','',NULL,'');
INSERT INTO "enrollments" VALUES(3,3,'anna','tips','r1','active','first','2026-03-02 09:00:00.000000','2026-03-02 09:00:00.000000','2026-03-02 09:00:00.000000','by hand','',1,'','1','',NULL,'');
CREATE TABLE errands (
	notice_id INTEGER NOT NULL, 
	channel TEXT NOT NULL, 
	attempts INTEGER NOT NULL, 
	due_at DATETIME, 
	told_at DATETIME, 
	why TEXT NOT NULL, 
	CONSTRAINT pk_errands PRIMARY KEY (notice_id, channel), 
	CONSTRAINT fk_errands_notice_id FOREIGN KEY(notice_id) REFERENCES notices (id)
);
INSERT INTO "errands" VALUES(1,'x',1,'2026-03-02 09:00:00.000000','2026-03-02 09:00:00.000000','x');
CREATE TABLE families (
	scope TEXT NOT NULL, 
	tally TEXT NOT NULL, 
	failures INTEGER NOT NULL, 
	tripped_at DATETIME, 
	until DATETIME, 
	probing_until DATETIME, 
	why TEXT NOT NULL, 
	CONSTRAINT pk_families PRIMARY KEY (scope)
);
INSERT INTO "families" VALUES('anna.example>firm.example','[]',0,NULL,NULL,NULL,'');
CREATE TABLE halts (
	kind VARCHAR NOT NULL, 
	why TEXT NOT NULL, 
	since DATETIME NOT NULL, 
	CONSTRAINT pk_halts PRIMARY KEY (kind)
);
INSERT INTO "halts" VALUES('stopped','x','2026-03-02 09:00:00.000000');
CREATE TABLE handoffs (
	id INTEGER NOT NULL, 
	contact_id INTEGER NOT NULL, 
	account TEXT NOT NULL, 
	state VARCHAR NOT NULL, 
	reason TEXT NOT NULL, 
	opened_at DATETIME NOT NULL, 
	inbound_id INTEGER NOT NULL, 
	taken_at DATETIME, 
	closed_at DATETIME, 
	outcome VARCHAR, 
	urgency VARCHAR NOT NULL, 
	taken_by TEXT NOT NULL, 
	note TEXT NOT NULL, 
	until DATETIME, 
	asked_at DATETIME, 
	answered_at DATETIME, 
	amount BIGINT, 
	remind_at DATETIME, 
	follows INTEGER, 
	covers_company BOOLEAN NOT NULL, 
	CONSTRAINT pk_handoffs PRIMARY KEY (id), 
	CONSTRAINT fk_handoffs_contact_id FOREIGN KEY(contact_id) REFERENCES contacts (id), 
	CONSTRAINT fk_handoffs_inbound_id FOREIGN KEY(inbound_id) REFERENCES inbound (id), 
	CONSTRAINT fk_handoffs_follows FOREIGN KEY(follows) REFERENCES handoffs (id)
);
INSERT INTO "handoffs" VALUES(1,1,'anna','open','answered','2026-03-02 10:00:00.000000',1,NULL,NULL,NULL,'now','','',NULL,'2026-03-02 10:00:00.000000',NULL,NULL,NULL,NULL,1);
CREATE TABLE hushes (
	scope VARCHAR NOT NULL, 
	"key" TEXT NOT NULL, 
	until DATETIME NOT NULL, 
	why TEXT NOT NULL, 
	CONSTRAINT pk_hushes PRIMARY KEY (scope, "key")
);
INSERT INTO "hushes" VALUES('contact','x','2026-03-02 09:00:00.000000','x');
CREATE TABLE inbound (
	id INTEGER NOT NULL, 
	account TEXT NOT NULL, 
	folder VARCHAR NOT NULL, 
	uidvalidity BIGINT NOT NULL, 
	uid BIGINT NOT NULL, 
	digest TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	arrived_at DATETIME, 
	message_id TEXT NOT NULL, 
	"references" JSON NOT NULL, 
	sender TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	text TEXT NOT NULL, 
	verdict TEXT NOT NULL, 
	confidence FLOAT, 
	evidence JSON NOT NULL, 
	outcome TEXT NOT NULL, 
	contact_id INTEGER, 
	touch_id INTEGER, 
	how TEXT NOT NULL, 
	is_certain BOOLEAN NOT NULL, 
	to_check TEXT NOT NULL, 
	corrected TEXT NOT NULL, 
	corrected_at DATETIME, 
	asks_person BOOLEAN NOT NULL, 
	raw BLOB, 
	CONSTRAINT pk_inbound PRIMARY KEY (id), 
	CONSTRAINT fk_inbound_contact_id FOREIGN KEY(contact_id) REFERENCES contacts (id), 
	CONSTRAINT fk_inbound_touch_id FOREIGN KEY(touch_id) REFERENCES touches (id), 
	CONSTRAINT uq_inbound_account_digest UNIQUE (account, digest), 
	CONSTRAINT uq_inbound_account_folder_uidvalidity_uid UNIQUE (account, folder, uidvalidity, uid)
);
INSERT INTO "inbound" VALUES(1,'anna','inbox',7,1,'digest 1','2026-03-02 10:00:00.000000',NULL,'in1@firm.example','["root@anna.example"]','bob@firm.example','Re: Hello','Thanks, call me','human_reply',0.95,'[{"signal": "human", "meaning": "human_reply", "quote": "Thanks, call me"}]','human_reply',1,NULL,'it cites our message',1,'','',NULL,1,NULL);
CREATE TABLE ledger (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	event TEXT NOT NULL, 
	why TEXT NOT NULL, 
	contact_id INTEGER, 
	sequence TEXT NOT NULL, 
	step TEXT NOT NULL, 
	CONSTRAINT pk_ledger PRIMARY KEY (id), 
	CONSTRAINT fk_ledger_contact_id FOREIGN KEY(contact_id) REFERENCES contacts (id)
);
INSERT INTO "ledger" VALUES(1,'2026-03-02 09:00:00.000000','contact_added','consent: express consent of 2020-01-01 (a signed form)',1,'','');
INSERT INTO "ledger" VALUES(2,'2026-03-02 09:00:00.000000','enrollment_started','by hand',1,'tips','first');
INSERT INTO "ledger" VALUES(3,'2026-03-02 09:01:00.000000','touch_sent','its time has come',1,'tips','first');
INSERT INTO "ledger" VALUES(4,'2026-03-02 10:00:00.000000','mail_heard','human_reply (human: Thanks, call me)',1,'','');
INSERT INTO "ledger" VALUES(5,'2026-03-02 10:00:00.000000','enrollment_handed_off','answered',1,'tips','second');
INSERT INTO "ledger" VALUES(6,'2026-03-02 10:00:00.000000','handoff_opened','answered',1,'','');
INSERT INTO "ledger" VALUES(7,'2026-03-02 09:00:00.000000','contact_added','consent: express consent of 2020-01-01 (a signed form)',2,'','');
INSERT INTO "ledger" VALUES(8,'2026-03-02 09:00:00.000000','enrollment_started','by hand',2,'tips','first');
INSERT INTO "ledger" VALUES(9,'2026-03-02 09:01:00.000000','touch_sent','its time has come',2,'tips','first');
INSERT INTO "ledger" VALUES(10,'2026-03-02 09:00:00.000000','contact_added','consent: express consent of 2020-01-01 (a signed form)',3,'','');
INSERT INTO "ledger" VALUES(11,'2026-03-02 09:00:00.000000','enrollment_started','by hand',3,'tips','first');
CREATE TABLE message_ids (
	id TEXT NOT NULL, 
	touch_id INTEGER NOT NULL, 
	CONSTRAINT pk_message_ids PRIMARY KEY (id), 
	CONSTRAINT fk_message_ids_touch_id FOREIGN KEY(touch_id) REFERENCES touches (id)
)
 WITHOUT ROWID

;
INSERT INTO "message_ids" VALUES('1.first@firm.example',1);
INSERT INTO "message_ids" VALUES('2.first@firm.example',2);
INSERT INTO "message_ids" VALUES('3.first@firm.example',3);
INSERT INTO "message_ids" VALUES('server-id@mx.example.net',1);
CREATE TABLE meta (
	"key" TEXT NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_meta PRIMARY KEY ("key")
);
INSERT INTO "meta" VALUES('suppression key','b8bd55d9a73cbae3b8159e5c9de255e84e2497385decaafd7198b73c69c1b2dd');
CREATE TABLE notices (
	id INTEGER NOT NULL, 
	account TEXT NOT NULL, 
	kind VARCHAR NOT NULL, 
	subject TEXT NOT NULL, 
	text TEXT NOT NULL, 
	answering TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	attempts INTEGER NOT NULL, 
	handoff_id INTEGER, 
	in_place BOOLEAN NOT NULL, 
	contact_id INTEGER, 
	"key" TEXT, 
	due_at DATETIME NOT NULL, 
	told_at DATETIME, 
	why TEXT NOT NULL, 
	CONSTRAINT pk_notices PRIMARY KEY (id), 
	CONSTRAINT fk_notices_handoff_id FOREIGN KEY(handoff_id) REFERENCES handoffs (id), 
	CONSTRAINT fk_notices_contact_id FOREIGN KEY(contact_id) REFERENCES contacts (id), 
	CONSTRAINT uq_notices_key UNIQUE ("key")
);
INSERT INTO "notices" VALUES(1,'anna','brief','Bob answered: Re: Hello','Thanks, call me','','2026-03-02 10:00:00.000000',0,1,0,NULL,NULL,'2026-03-02 10:00:00.000000',NULL,'');
CREATE TABLE overrides (
	contact_id INTEGER NOT NULL, 
	sequence TEXT NOT NULL, 
	step TEXT NOT NULL, 
	what VARCHAR NOT NULL, 
	"to" DATE, 
	text TEXT NOT NULL, 
	why TEXT NOT NULL, 
	CONSTRAINT pk_overrides PRIMARY KEY (contact_id, sequence, step), 
	CONSTRAINT fk_overrides_contact_id FOREIGN KEY(contact_id) REFERENCES contacts (id)
);
INSERT INTO "overrides" VALUES(1,'x','x','skipped','2026-03-02','x','x');
CREATE TABLE promises (
	id INTEGER NOT NULL, 
	contact_id INTEGER NOT NULL, 
	account TEXT NOT NULL, 
	sentence TEXT NOT NULL, 
	due_on DATE NOT NULL, 
	said_at DATETIME NOT NULL, 
	is_dated BOOLEAN NOT NULL, 
	state VARCHAR NOT NULL, 
	CONSTRAINT pk_promises PRIMARY KEY (id), 
	CONSTRAINT fk_promises_contact_id FOREIGN KEY(contact_id) REFERENCES contacts (id)
);
INSERT INTO "promises" VALUES(1,1,'x','x','2026-03-02','2026-03-02 09:00:00.000000',1,'open');
CREATE TABLE proposals (
	id INTEGER NOT NULL, 
	url TEXT NOT NULL, 
	title TEXT NOT NULL, 
	summary TEXT NOT NULL, 
	author TEXT NOT NULL, 
	language TEXT NOT NULL, 
	topics JSON NOT NULL, 
	published_at DATETIME, 
	proposed_at DATETIME, 
	state VARCHAR NOT NULL, 
	settled_at DATETIME, 
	path TEXT NOT NULL, 
	source_id INTEGER, 
	CONSTRAINT pk_proposals PRIMARY KEY (id), 
	CONSTRAINT fk_proposals_source_id FOREIGN KEY(source_id) REFERENCES sources (id), 
	CONSTRAINT uq_proposals_url UNIQUE (url)
);
INSERT INTO "proposals" VALUES(1,'x','x','x','x','x','{}','2026-03-02 09:00:00.000000','2026-03-02 09:00:00.000000','waiting','2026-03-02 09:00:00.000000','x',1);
CREATE TABLE quarantine (
	id INTEGER NOT NULL, 
	account TEXT NOT NULL, 
	folder VARCHAR NOT NULL, 
	uidvalidity BIGINT NOT NULL, 
	uid BIGINT NOT NULL, 
	at DATETIME NOT NULL, 
	why TEXT NOT NULL, 
	raw BLOB NOT NULL, 
	size BIGINT NOT NULL, 
	settled TEXT NOT NULL, 
	CONSTRAINT pk_quarantine PRIMARY KEY (id), 
	CONSTRAINT uq_quarantine_account_folder_uidvalidity_uid UNIQUE (account, folder, uidvalidity, uid)
);
INSERT INTO "quarantine" VALUES(1,'x','inbox',1,1,'2026-03-02 09:00:00.000000','x',X'46726F6D3A206140622E6578616D706C650D0A0D0A48656C6C6F2E0D0A',1,'x');
CREATE TABLE reconnections (
	contact_id INTEGER NOT NULL, 
	account TEXT NOT NULL, 
	sequence TEXT NOT NULL, 
	per_week INTEGER NOT NULL, 
	week DATE NOT NULL, 
	place INTEGER NOT NULL, 
	state VARCHAR NOT NULL, 
	settled_at DATETIME, 
	why TEXT NOT NULL, 
	CONSTRAINT pk_reconnections PRIMARY KEY (contact_id), 
	CONSTRAINT fk_reconnections_contact_id FOREIGN KEY(contact_id) REFERENCES contacts (id)
);
INSERT INTO "reconnections" VALUES(1,'x','x',1,'2026-03-02',1,'planned','2026-03-02 09:00:00.000000','x');
CREATE TABLE revisions (
	name TEXT NOT NULL, 
	revision TEXT NOT NULL, 
	source TEXT NOT NULL, 
	kept_at DATETIME NOT NULL, 
	CONSTRAINT pk_revisions PRIMARY KEY (name, revision)
);
INSERT INTO "revisions" VALUES('x','x','x','2026-03-02 09:00:00.000000');
CREATE TABLE sources (
	id INTEGER NOT NULL, 
	url TEXT NOT NULL, 
	title TEXT NOT NULL, 
	topics JSON NOT NULL, 
	language TEXT NOT NULL, 
	etag TEXT NOT NULL, 
	modified TEXT NOT NULL, 
	due_at DATETIME, 
	checked_at DATETIME, 
	failures INTEGER NOT NULL, 
	why TEXT NOT NULL, 
	CONSTRAINT pk_sources PRIMARY KEY (id), 
	CONSTRAINT uq_sources_url UNIQUE (url)
);
INSERT INTO "sources" VALUES(1,'x','x','{}','x','x','x','2026-03-02 09:00:00.000000','2026-03-02 09:00:00.000000',1,'x');
CREATE TABLE stops (
	inbound_id INTEGER NOT NULL, 
	enrollment_id INTEGER NOT NULL, 
	found_active BOOLEAN NOT NULL, 
	CONSTRAINT pk_stops PRIMARY KEY (inbound_id, enrollment_id), 
	CONSTRAINT fk_stops_inbound_id FOREIGN KEY(inbound_id) REFERENCES inbound (id), 
	CONSTRAINT fk_stops_enrollment_id FOREIGN KEY(enrollment_id) REFERENCES enrollments (id)
);
INSERT INTO "stops" VALUES(1,1,1);
CREATE TABLE suppressions (
	"key" VARCHAR(64) NOT NULL, 
	reason TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_suppressions PRIMARY KEY ("key")
);
INSERT INTO "suppressions" VALUES('e3d4cfb840ec61a17d06909e14dd8ba4253d897ac359a953a2c630e5489fdfa5','said no','2026-03-02 09:00:00.000000');
CREATE TABLE tasks (
	id INTEGER NOT NULL, 
	enrollment_id INTEGER, 
	contact_id INTEGER NOT NULL, 
	account TEXT NOT NULL, 
	sequence TEXT NOT NULL, 
	step TEXT NOT NULL, 
	occurrence TEXT NOT NULL, 
	channel VARCHAR NOT NULL, 
	title TEXT NOT NULL, 
	text TEXT NOT NULL, 
	due_on DATE NOT NULL, 
	created_at DATETIME NOT NULL, 
	blocks BOOLEAN NOT NULL, 
	state VARCHAR NOT NULL, 
	done_at DATETIME, 
	note TEXT NOT NULL, 
	why TEXT NOT NULL, 
	dated_on DATE, 
	CONSTRAINT pk_tasks PRIMARY KEY (id), 
	CONSTRAINT fk_tasks_enrollment_id FOREIGN KEY(enrollment_id) REFERENCES enrollments (id), 
	CONSTRAINT fk_tasks_contact_id FOREIGN KEY(contact_id) REFERENCES contacts (id), 
	CONSTRAINT uq_tasks_enrollment_id_step_occurrence UNIQUE (enrollment_id, step, occurrence)
);
INSERT INTO "tasks" VALUES(1,1,1,'x','x','x','x','mail','x','x','2026-03-02','2026-03-02 09:00:00.000000',1,'open','2026-03-02 09:00:00.000000','x','x','2026-03-02');
CREATE TABLE tickets (
	nonce TEXT NOT NULL, 
	account TEXT NOT NULL, 
	matter VARCHAR NOT NULL, 
	number INTEGER NOT NULL, 
	notice_id INTEGER NOT NULL, 
	issued_at DATETIME NOT NULL, 
	used_at DATETIME, 
	used_by TEXT NOT NULL, 
	CONSTRAINT pk_tickets PRIMARY KEY (nonce), 
	CONSTRAINT fk_tickets_notice_id FOREIGN KEY(notice_id) REFERENCES notices (id), 
	CONSTRAINT uq_tickets_notice_id UNIQUE (notice_id)
);
INSERT INTO "tickets" VALUES('x','x','handoff',1,1,'2026-03-02 09:00:00.000000','2026-03-02 09:00:00.000000','x');
CREATE TABLE touches (
	id INTEGER NOT NULL, 
	enrollment_id INTEGER NOT NULL, 
	contact_id INTEGER NOT NULL, 
	account TEXT NOT NULL, 
	sequence TEXT NOT NULL, 
	revision TEXT NOT NULL, 
	step TEXT NOT NULL, 
	occurrence TEXT NOT NULL, 
	state VARCHAR NOT NULL, 
	message_id TEXT NOT NULL, 
	begun_at DATETIME NOT NULL, 
	tried_since DATETIME, 
	subject TEXT NOT NULL, 
	sent_at DATETIME, 
	attempts INTEGER NOT NULL, 
	reply TEXT NOT NULL, 
	recipient TEXT NOT NULL, 
	family TEXT NOT NULL, 
	epoch INTEGER NOT NULL, 
	why TEXT NOT NULL, 
	doubt TEXT NOT NULL, 
	thread TEXT NOT NULL, 
	piece TEXT NOT NULL, 
	wire BLOB, 
	CONSTRAINT pk_touches PRIMARY KEY (id), 
	CONSTRAINT fk_touches_enrollment_id FOREIGN KEY(enrollment_id) REFERENCES enrollments (id), 
	CONSTRAINT fk_touches_contact_id FOREIGN KEY(contact_id) REFERENCES contacts (id), 
	CONSTRAINT uq_touches_enrollment_id_step_occurrence UNIQUE (enrollment_id, step, occurrence)
);
INSERT INTO "touches" VALUES(1,1,1,'anna','tips','r1','first','1','sent','1.first@firm.example','2026-03-02 09:00:00.000000','2026-03-02 09:00:00.000000','Hello','2026-03-02 09:01:00.000000',1,'250 queued as ABC (at body)','bob@firm.example','anna.example>firm.example',1,'its time has come','','','',X'5375626A6563743A2048656C6C6F0D0A0D0A48690D0A');
INSERT INTO "touches" VALUES(2,2,2,'anna','tips','r1','first','1','sent','2.first@firm.example','2026-03-02 09:00:00.000000','2026-03-02 09:00:00.000000','Hello','2026-03-02 09:01:00.000000',1,'250 queued as ABC (at body)','bob@firm.example','anna.example>firm.example',1,'its time has come','','','',X'5375626A6563743A2048656C6C6F0D0A0D0A48690D0A');
INSERT INTO "touches" VALUES(3,3,3,'anna','tips','r1','first','1','sending','3.first@firm.example','2026-03-02 09:00:00.000000','2026-03-02 09:00:00.000000','Hello',NULL,1,'','bob@firm.example','anna.example>firm.example',1,'its time has come','','','',X'5375626A6563743A2048656C6C6F0D0A0D0A48690D0A');
CREATE INDEX ix_families_backed_off ON families (scope) WHERE until IS NOT NULL;
CREATE INDEX ix_contacts_company_domain ON contacts (company_domain);
CREATE INDEX ix_contacts_company_name ON contacts (company_name);
CREATE INDEX ix_aliases_contact_id ON aliases (contact_id);
CREATE INDEX ix_cues_contact_id ON cues (contact_id);
CREATE INDEX ix_enrollments_due ON enrollments (account, due_at) WHERE state = 'active';
CREATE INDEX ix_enrollments_waiting ON enrollments (id) WHERE state = 'paused' OR state = 'handed_off' OR state = 'active' AND held_why != '';
CREATE INDEX ix_enrollments_owing ON enrollments (contact_id) WHERE state = 'active' AND owes != '';
CREATE INDEX ix_touches_contact_id ON touches (contact_id);
CREATE INDEX ix_touches_copy_owed ON touches (account) WHERE state = 'sent' AND wire IS NOT NULL;
CREATE INDEX ix_touches_sending ON touches (account) WHERE state = 'sending';
CREATE INDEX ix_touches_thread ON touches (account, thread) WHERE thread != '';
CREATE INDEX ix_touches_uncertain ON touches (account) WHERE state = 'uncertain';
CREATE INDEX ix_tasks_open ON tasks (due_on, id) WHERE state = 'open';
CREATE INDEX ix_promises_contact_id ON promises (contact_id);
CREATE INDEX ix_promises_open ON promises (due_on, id) WHERE state = 'open';
CREATE INDEX ix_drafts_contact_id ON drafts (contact_id);
CREATE INDEX ix_drafts_sequence ON drafts (sequence);
CREATE INDEX ix_drafts_out ON drafts (account) WHERE copy_state IS NOT NULL AND copy_state != 'over' AND copy_state != 'refused';
CREATE UNIQUE INDEX uq_drafts_open ON drafts (enrollment_id, step, occurrence) WHERE state = 'waiting' OR state = 'accepted';
CREATE INDEX ix_inbound_contact_id ON inbound (contact_id);
CREATE INDEX ix_inbound_to_check ON inbound (id) WHERE to_check != '' AND corrected = '';
CREATE INDEX ix_stops_enrollment_id ON stops (enrollment_id);
CREATE INDEX ix_handoffs_contact_id ON handoffs (contact_id);
CREATE UNIQUE INDEX uq_handoffs_unfinished ON handoffs (contact_id) WHERE state != 'closed';
CREATE INDEX ix_notices_untold ON notices (due_at) WHERE told_at IS NULL;
CREATE INDEX ix_ledger_contact_id_at ON ledger (contact_id, at);
CREATE INDEX ix_proposals_waiting ON proposals (source_id) WHERE state = 'waiting';
COMMIT;
