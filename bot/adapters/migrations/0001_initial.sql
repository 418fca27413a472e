-- Instants are whole microseconds since 1970-01-01 UTC in columns ending in _at: exact, and they sort and compare as they are.
-- Local days are ISO text (2026-03-01). Lists are JSON text. What must never happen is refused here, not by care elsewhere.

CREATE TABLE learner (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  zone TEXT NOT NULL,
  push_minute INTEGER NOT NULL CHECK (push_minute BETWEEN 0 AND 1439),
  days INTEGER NOT NULL CHECK (days BETWEEN 0 AND 127),
  paused_until TEXT CHECK (paused_until IS date(paused_until)),
  sections TEXT NOT NULL CHECK (json_valid(sections)),
  remind INTEGER NOT NULL CHECK (remind IN (0, 1)),
  on_boards INTEGER NOT NULL CHECK (on_boards IN (0, 1)),
  active INTEGER NOT NULL CHECK (active IN (0, 1)),
  ready INTEGER NOT NULL CHECK (ready IN (0, 1)),
  awaiting TEXT NOT NULL,
  next_push_at INTEGER
) STRICT;
CREATE INDEX learner_due ON learner (next_push_at) WHERE active = 1 AND next_push_at IS NOT NULL;
CREATE INDEX learner_active ON learner (id) WHERE active = 1;
CREATE INDEX learner_inactive ON learner (id) WHERE active = 0;

CREATE TABLE schedule (
  learner_id INTEGER NOT NULL REFERENCES learner ON DELETE CASCADE,
  since TEXT NOT NULL CHECK (since IS date(since)),
  zone TEXT NOT NULL,
  days INTEGER NOT NULL CHECK (days BETWEEN 0 AND 127),
  paused_until TEXT CHECK (paused_until IS date(paused_until)),
  PRIMARY KEY (learner_id, since)
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
  token TEXT PRIMARY KEY,
  learner_id INTEGER NOT NULL REFERENCES learner ON DELETE CASCADE,
  chat_id INTEGER NOT NULL,
  title TEXT NOT NULL,
  question_ids TEXT NOT NULL CHECK (json_valid(question_ids)),
  started_at INTEGER NOT NULL,
  done INTEGER NOT NULL CHECK (done BETWEEN 0 AND json_array_length(question_ids)),
  finished_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX session_unfinished ON session (learner_id, chat_id) WHERE finished_at IS NULL;
CREATE INDEX session_learner ON session (learner_id);

-- AUTOINCREMENT below: an id stands on buttons in old messages, so it must never come to mean another row.
CREATE TABLE ask (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  learner_id INTEGER NOT NULL REFERENCES learner ON DELETE CASCADE,
  chat_id INTEGER NOT NULL,
  question_id TEXT NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('first', 'daily', 'today', 'quiz', 'search', 'next', 'retry')),
  asked_at INTEGER NOT NULL,
  local_day TEXT NOT NULL CHECK (local_day IS date(local_day)),
  state TEXT NOT NULL CHECK (state IN ('open', 'aside', 'answered', 'skipped', 'shown', 'dropped')),
  session TEXT REFERENCES session ON DELETE CASCADE,
  hints INTEGER NOT NULL DEFAULT 0 CHECK (hints >= 0),
  retry_of INTEGER REFERENCES attempt ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX ask_open ON ask (learner_id, chat_id) WHERE state = 'open';
CREATE INDEX ask_waiting ON ask (learner_id, chat_id) WHERE state IN ('open', 'aside');
CREATE INDEX ask_lately ON ask (learner_id, asked_at, question_id);
CREATE INDEX ask_day ON ask (learner_id, local_day);
CREATE INDEX ask_session ON ask (session) WHERE session IS NOT NULL;
CREATE INDEX ask_retry ON ask (retry_of) WHERE retry_of IS NOT NULL;

CREATE TABLE attempt (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  ask_id INTEGER NOT NULL UNIQUE REFERENCES ask ON DELETE CASCADE,
  learner_id INTEGER NOT NULL REFERENCES learner ON DELETE CASCADE,
  question_id TEXT NOT NULL,
  answer TEXT,  -- NULL once purged
  score INTEGER NOT NULL CHECK (score BETWEEN 0 AND 100),
  points INTEGER NOT NULL CHECK (points >= 0),
  counted INTEGER NOT NULL CHECK (counted IN (0, 1)),
  answered_at INTEGER NOT NULL,
  local_day TEXT NOT NULL CHECK (local_day IS date(local_day)),
  retry_of INTEGER REFERENCES attempt ON DELETE CASCADE
) STRICT;
CREATE INDEX attempt_day ON attempt (learner_id, counted, local_day, points, retry_of);  -- covers streaks and boards
CREATE INDEX attempt_earned ON attempt (learner_id, question_id, answered_at) WHERE points > 0;
CREATE INDEX attempt_typed ON attempt (answered_at) WHERE answer IS NOT NULL;
CREATE INDEX attempt_retry ON attempt (retry_of) WHERE retry_of IS NOT NULL;

-- before = 1: the memory as it was before its last review, to redo that review after a retry.
CREATE TABLE recall (
  learner_id INTEGER NOT NULL REFERENCES learner ON DELETE CASCADE,
  before INTEGER NOT NULL CHECK (before IN (0, 1)),
  question_id TEXT NOT NULL,
  state INTEGER NOT NULL,
  step INTEGER,
  stability REAL,
  difficulty REAL,
  due_at INTEGER NOT NULL,
  reviewed_at INTEGER NOT NULL,
  tries INTEGER NOT NULL CHECK (tries >= 0),
  best INTEGER NOT NULL CHECK (best BETWEEN 0 AND 100),
  last INTEGER NOT NULL CHECK (last BETWEEN 0 AND 100),
  PRIMARY KEY (learner_id, before, question_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE circle (
  token TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  chat_id INTEGER UNIQUE,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE member (
  token TEXT NOT NULL REFERENCES circle ON DELETE CASCADE,
  learner_id INTEGER NOT NULL REFERENCES learner ON DELETE CASCADE,
  joined_at INTEGER NOT NULL,
  PRIMARY KEY (token, learner_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX member_learner ON member (learner_id);

CREATE TABLE appeal (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  attempt_id INTEGER NOT NULL REFERENCES attempt ON DELETE CASCADE,
  learner_id INTEGER NOT NULL REFERENCES learner ON DELETE CASCADE,
  question_id TEXT NOT NULL,
  label TEXT NOT NULL,
  phrase TEXT NOT NULL,
  score INTEGER NOT NULL CHECK (score BETWEEN 0 AND 100),
  made_at INTEGER NOT NULL,
  local_day TEXT NOT NULL CHECK (local_day IS date(local_day)),
  UNIQUE (attempt_id, label)
) STRICT;
CREATE INDEX appeal_day ON appeal (learner_id, local_day);
CREATE INDEX appeal_phrase ON appeal (question_id, label, phrase);

CREATE TABLE push (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  learner_id INTEGER NOT NULL REFERENCES learner ON DELETE CASCADE,
  chat_id INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('daily', 'reminder')),
  local_day TEXT NOT NULL CHECK (local_day IS date(local_day)),
  ask_id INTEGER REFERENCES ask ON DELETE CASCADE,
  due_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  remind_at INTEGER,  -- NULL once it was looked at
  state TEXT NOT NULL CHECK (state IN ('due', 'sending', 'unsure', 'sent', 'failed', 'expired', 'dropped')),
  tries INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
  again INTEGER NOT NULL DEFAULT 0 CHECK (again IN (0, 1)),
  departed INTEGER NOT NULL DEFAULT 0 CHECK (departed IN (0, 1)),  -- while it is 'sending': whether the request may have left
  note TEXT NOT NULL DEFAULT '',
  UNIQUE (learner_id, local_day, kind)
) STRICT;
CREATE INDEX push_due ON push (due_at) WHERE state = 'due';
CREATE INDEX push_doubtful ON push (state) WHERE state IN ('sending', 'unsure');
CREATE INDEX push_remind ON push (remind_at) WHERE remind_at IS NOT NULL;
CREATE INDEX push_ask ON push (ask_id) WHERE ask_id IS NOT NULL;
CREATE INDEX push_expires ON push (expires_at, state);

-- A row that is done keeps only its id, so that a delivery repeated by Telegram is known for one.
CREATE TABLE inbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,  -- the order of arrival: Telegram's ids start anew after a quiet week
  update_id INTEGER NOT NULL UNIQUE,
  state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'aside', 'done')),
  chat_id INTEGER,
  payload TEXT,
  received_at INTEGER NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
  error TEXT NOT NULL DEFAULT '',
  CHECK (state = 'done' OR (chat_id IS NOT NULL AND payload IS NOT NULL))
) STRICT;
CREATE INDEX inbox_unfinished ON inbox (state, seq) WHERE state <> 'done';
CREATE INDEX inbox_received ON inbox (received_at);

-- An update whose changes are in this file; it is kept as long as its inbox row, because only until then can it come again.
CREATE TABLE applied_update (
  update_id INTEGER PRIMARY KEY,
  attempt_id INTEGER REFERENCES attempt ON DELETE SET NULL
) STRICT;
CREATE INDEX applied_attempt ON applied_update (attempt_id) WHERE attempt_id IS NOT NULL;

CREATE TABLE heartbeat (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  beat_at INTEGER NOT NULL
) STRICT;

CREATE TABLE outage (
  started_at INTEGER PRIMARY KEY,
  ended_at INTEGER NOT NULL CHECK (ended_at > started_at)
) STRICT;
