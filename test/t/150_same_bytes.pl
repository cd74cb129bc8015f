# The same inputs give the same bytes: after dump and restore, in every server
# encoding and locale, on a logical replica and on a standby.
use strict;
use warnings;

use FindBin;
use IPC::Run;

use FairdrawNode 'fairdraw_verify';
use PostgreSQL::Test::Utils;
use Test::More;

my $verifier = "$FindBin::RealBin/../../verify/fairdraw-verify";
my $folder = PostgreSQL::Test::Utils::tempdir;
my $node = FairdrawNode->new('primary', '--auth=trust');
$node->append_conf('postgresql.conf', qq{
	wal_level = logical
	max_wal_senders = 6
	max_replication_slots = 6
});
$node->start;

# every client speaks UTF8, whatever the server's encoding is
$ENV{PGCLIENTENCODING} = 'UTF8';

sub verified
{
	my ($name, $file) = @_;
	my $answer = '';
	my $ok = IPC::Run::run([ 'python3', $verifier, $file ], '>&', \$answer);
	ok($ok && $answer =~ /ok\s+selection\s+every stratum drawn again/, $name) or diag($answer);
}

my @record_tables = qw(abort agency archive ceremony ceremony_secret cutoff data_row data_set disclosure draw
  entropy_source entropy_value exclusion execution frame frame_block lottery lottery_draw lottery_outcome lottery_result
  result salt_key seal selection stratum team);

# the records as they are, a line for each table
sub records
{
	my ($where, $db) = @_;
	return $where->safe_psql($db, join ' UNION ALL ', map {
			qq{SELECT '$_', count(*), md5(string_agg(t::text, E'\n' ORDER BY t::text COLLATE "C")) FROM fairdraw_data.$_ t}
		} @record_tables);
}

# all texts of a database in one file each
my %texts = (
	'plan' => q{fairdraw.plan_text('抽查/一')},
	'ceremony' => q{fairdraw.ceremony_text('三月')},
	'seed' => q{fairdraw.seed_text('三月')},
	'result' => q{fairdraw.result_text('抽查/一')},
	'data' => q{fairdraw.data_text('三月', 'staff')},
	'lines' => q{fairdraw.frame_lines('抽查/一')},
	'public bundle' => q{fairdraw.export_draw('抽查/一')},
	'auditor bundle' => q{fairdraw.export_draw('抽查/一', 'auditor')},
	'bundle of an open draw' => q{fairdraw.export_draw('open', 'auditor')},
	'lottery' => q{fairdraw.lottery_text('派员/一')},
	'chances' => q{fairdraw.chances_text('派员/一')},
	'teams' => q{fairdraw.teams_text('派员/一')},
	'teams as rows' => q{fairdraw.teams('派员/一')},
	'substitutes' => q{fairdraw.substitutes('派员/一')},
	'metrics of a lottery' => q{fairdraw.lottery_metrics('派员/一')},
	'public bundle of a lottery' => q{fairdraw.export_lottery('派员/一')},
	'auditor bundle of a lottery' => q{fairdraw.export_lottery('派员/一', 'auditor')},
	'proof of a unit' => q{fairdraw.unit_proof('抽查/一', '企业17')},
	'proof of an excluded unit' => q{fairdraw.unit_proof('抽查/一', '注销2')},
	'proof of an absent unit' => q{fairdraw.unit_proof('抽查/一', '企x')});

sub write_texts
{
	my ($where, $db, $to) = @_;
	my $script = '';
	mkdir "$folder/$to";
	for my $name (sort keys %texts)
	{
		$script .= "\\o '$folder/$to/$name'\nSELECT $texts{$name};\n";
	}
	$where->safe_psql($db, $script);
}

sub same_texts
{
	my ($where, $db, $to, $what) = @_;
	write_texts($where, $db, $to);
	my @different = grep { slurp_file("$folder/original/$_") ne slurp_file("$folder/$to/$_") } sort keys %texts;
	is(join(', ', @different), '', "$what: every text has the same bytes");
	for my $label ('抽查/一', 'open')
	{
		is($where->safe_psql($db, "SELECT item, detail FROM fairdraw.verify_draw('$label') WHERE ok IS NOT TRUE AND item <> 'register'"), '',
			"$what: verify_draw() finds no difference in $label");
	}
	is($where->safe_psql($db, q{SELECT item, detail FROM fairdraw.verify_lottery('派员/一') WHERE NOT ok}), '',
		"$what: verify_lottery() finds no difference");
}

#
# The original.  Its characters are those that EUC_CN has, too; some of them
# stand in another order there.
#

my $entropy = q{ARRAY['a public 60 2020-01-01T00:00:00Z #################### 二十位数字']};
my $execute = q{SELECT fairdraw.execute_ceremony('三月', '{"a": "01382438112797316654"}')};
$node->safe_psql('postgres', qq{
	CREATE ROLE records_owner;
	CREATE ROLE clerk;
	CREATE ROLE checker;
	CREATE ROLE nobody;
	CREATE DATABASE original;
});
$node->safe_psql('original', qq{
	CREATE EXTENSION fairdraw;
	GRANT CREATE ON DATABASE original TO records_owner;
	SET ROLE records_owner;
	SELECT fairdraw.setup('某区市场监督管理局');
	SELECT fairdraw.grant_duty('drawer', 'clerk');
	SELECT fairdraw.grant_duty('auditor', 'checker');
	RESET ROLE;
	CREATE TABLE unit AS
	SELECT '企业' || i AS uid, CASE WHEN i % 3 = 0 THEN '东城' ELSE '朝阳' END AS stratum, 1 + i % 7 AS weight FROM generate_series(1, 600) i
	UNION ALL SELECT c || '-1', '西城', 1.5 FROM regexp_split_to_table('一丁七万丈三上下不与啊阿埃挨哎唉Ωё、。（Ａaz09', '') c;
	CREATE TABLE exclusion AS SELECT '注销' || i AS uid, '已注销' AS reason FROM generate_series(1, 3) i;
	SELECT fairdraw.open_ceremony('三月', $entropy, '公示网', '2020-06-01', true, true);
	SELECT fairdraw.commit_draw('三月', '抽查/一', 'TABLE unit', '{"东城": {"n": 20, "reserve": 3}, "朝阳": 30, "西城": {"n": 5, "reserve": 2}}',
		exclusions => 'TABLE exclusion');
	SELECT fairdraw.commit_draw('三月', 'open', 'TABLE unit', '7', method => 'pareto', sealed => false);
	SELECT fairdraw.commit_data('三月', 'staff', 'SELECT uid AS "检查人员", weight, NULL AS note FROM unit WHERE stratum = ''西城''');
	CREATE TABLE inspector AS
	SELECT c || '员' AS inspector, CASE WHEN n % 4 > 0 THEN (ARRAY['东城', '朝阳', '西城'])[n % 4] END AS station, n % 3 > 0 AS lead,
		CASE WHEN n % 2 = 0 THEN '食品 电梯' ELSE '食品' END AS tags, CASE WHEN n IN (1, 4) THEN '一家' END AS exclusion_group
	FROM regexp_split_to_table('一丁七万丈三上下不与啊阿埃挨哎唉Ωё、。（Ａaz09', '') WITH ORDINALITY AS c (c, n);
	SELECT fairdraw.commit_data('三月', 'inspectors', 'TABLE inspector');
	SELECT fairdraw.commit_data('三月', 'rules', 'SELECT ''西城'' AS stratum, ''电梯'' AS tags UNION ALL SELECT ''朝阳'', ''食品''');
	SELECT fairdraw.commit_data('三月', 'recusals', 'SELECT uid, ''阿员'' AS inspector, ''亲属'' AS reason FROM unit WHERE stratum = ''东城''');
	SELECT fairdraw.commit_lottery('三月', '派员/一', ARRAY['抽查/一'], 'inspectors', 'rules', 'recusals', '{"groups": {"lead": {"min": 1}}}');
	SELECT fairdraw.seal_ceremony('三月');
	$execute;
	SELECT fairdraw.execute_lottery('派员/一');
	SELECT fairdraw.disclose_seed('三月');
	SELECT fairdraw.open_ceremony('四月', $entropy, '公示网', '2020-06-01', true, true);
	SELECT fairdraw.commit_draw('四月', '抽查/二', 'TABLE unit', '3');
});
write_texts($node, 'original', 'original');
verified('the original is accepted by fairdraw-verify', "$folder/original/auditor bundle");
my ($status, $answer) = fairdraw_verify("$folder/original/auditor bundle of a lottery");
ok($status == 0 && $answer =~ /ok\s+draw\s+teams and substitutes drawn again: the same/, 'so is the lottery') or diag($answer);
my $records = records($node, 'original');
my @lines = map { (split /\t/)[0] } split /\n/, slurp_file("$folder/original/lines");
is_deeply(\@lines, [ sort @lines ], 'its uids ascend by their bytes');
my @inspectors = slurp_file("$folder/original/chances") =~ /^inspector: ([^\t]+)/mg;
is_deeply(\@inspectors, [ sort @inspectors ], 'and so do its inspectors');
is(scalar @inspectors, 26, 'of whom there are some');

#
# Dump and restore
#

my $other = FairdrawNode->start('other', '--auth=trust', '--locale=C.UTF-8');
$other->safe_psql('postgres', 'CREATE ROLE records_owner; CREATE ROLE clerk; CREATE ROLE checker; CREATE ROLE nobody');

for my $format ('plain', 'custom')
{
	for my $where ($node, $other)
	{
		my $to = "$format " . $where->name;
		my $db = "restored_$format";
		my $file = "$folder/dump-$format";

		$node->command_ok([ 'pg_dump', "--format=$format", "--file=$file", $node->connstr('original') ], "$to: dumped")
		  unless -e $file;
		$where->safe_psql('postgres', "CREATE DATABASE $db");
		$where->command_ok($format eq 'plain'
			? [ 'psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-o', "$folder/restored", '-d', $where->connstr($db), '-f', $file ]
			: [ 'pg_restore', '--exit-on-error', '--dbname', $where->connstr($db), $file ], "$to: restored");
		is(records($where, $db), $records, "$to: all records are the same");
		same_texts($where, $db, $to, $to);

		# guards, policies, duties
		my $guards = q{SELECT string_agg(tgrelid::regclass::text || ' ' || tgenabled::text, ', ' ORDER BY tgrelid::regclass::text COLLATE "C")
			FROM pg_trigger WHERE tgname = 'fairdraw_guard'};
		my $policies = q{SELECT string_agg(relname || ' ' || relrowsecurity || ' ' || (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid), ', '
			ORDER BY relname) FROM pg_class c WHERE relnamespace = 'fairdraw_data'::regnamespace AND relkind = 'r'};
		is($where->safe_psql($db, $guards), $node->safe_psql('original', $guards), "$to: the guards are back, as they were");
		unlike($where->safe_psql($db, $guards), qr/ [^A](,|$)/, "$to: they fire always");
		is($where->safe_psql($db, $policies), $node->safe_psql('original', $policies), "$to: so is the row-level security");
		my ($ret, $stdout, $stderr) = $where->psql($db, q{UPDATE fairdraw_data.selection SET role = 'drawn'});
		like($stderr, qr/records in "selection" cannot be changed or removed/, "$to: nothing can be changed");
		($ret, $stdout, $stderr) = $where->psql($db, q{SET ROLE nobody; SELECT fairdraw.plan_text('open')});
		like($stderr, qr/role "nobody" does not have the duty/, "$to: who has no duty reads nothing");
		is($where->safe_psql($db, q{SET ROLE checker; SELECT count(*) FROM fairdraw.export_draw('open', 'auditor')}),
			$node->safe_psql('original', q{SELECT count(*) FROM fairdraw.export_draw('open', 'auditor')}), "$to: the auditor has the duty again");
		is($where->safe_psql($db, q{SELECT nspowner::regrole FROM pg_namespace WHERE nspname = 'fairdraw_data'}), 'records_owner',
			"$to: the records have their owner");

		# it goes on
		is($where->safe_psql($db, q{SET ROLE records_owner; SELECT fairdraw.setup(); SELECT count(*) FROM fairdraw_data.step}),
			"\n" . $node->safe_psql('original', 'SELECT count(*) FROM fairdraw_data.step'), "$to: setup() has nothing to do");
		$where->safe_psql($db, qq{
			GRANT SELECT ON unit TO clerk;
			SET ROLE clerk;
			SELECT fairdraw.commit_draw('四月', '抽查/三', 'TABLE unit', '4');
			SELECT fairdraw.commit_data('四月', 'inspectors', 'SELECT i AS inspector FROM generate_series(1, 9) i');
			SELECT fairdraw.commit_lottery('四月', '派员/二', ARRAY['抽查/三', 'open'], 'inspectors', NULL, NULL);
			SELECT fairdraw.seal_ceremony('四月');
			SELECT fairdraw.execute_ceremony('四月', '{"a": "00000000000000000001"}');
			SELECT fairdraw.execute_lottery('派员/二');
			SELECT fairdraw.open_ceremony('五月', $entropy, '公示网', '2020-06-01', true, true);
			SELECT fairdraw.commit_draw('五月', '抽查/四', 'TABLE unit', '5');
			SELECT fairdraw.seal_ceremony('五月');});
		is($where->safe_psql($db, q{SELECT bool_and(ok) FROM fairdraw.verify_lottery('派员/二')}), 't', "$to: and a lottery is drawn there");
		is($where->safe_psql($db, q{SELECT count(*), bool_and(ok) FROM (VALUES ('抽查/二'), ('抽查/三'), ('抽查/四')) l(label),
			fairdraw.verify_draw(l.label) v WHERE ok IS NOT NULL}) =~ /^\d\d\|t$/, 1, "$to: ceremonies go on, in the middle of one and with another");
	}
}

#
# Other encodings and locales: the records restored there
#

my @databases = (
	[ 'UTF8, C', '--encoding=UTF8', '--locale=C' ],
	[ 'EUC_CN, C', '--encoding=EUC_CN', '--locale=C' ],
	[ 'EUC_CN, zh_CN.GB2312', '--encoding=EUC_CN', '--locale=zh_CN.GB2312' ],
	[ 'UTF8, zh_CN.UTF-8', '--encoding=UTF8', '--locale=zh_CN.UTF-8' ],
	[ 'SQL_ASCII', '--encoding=SQL_ASCII', '--locale=C' ]);
# the system writes zh_CN.utf8 for zh_CN.UTF-8
my %has_locale = map { lc(s/-//gr) => 1 } split /\n/, `locale -a`;
for my $database (@databases)
{
	my ($name, @options) = @$database;
	my ($locale) = map { /^--locale=(.*)/ ? $1 : () } @options;
  SKIP:
	{
		skip "$name: this machine has no locale $locale", 11 unless $has_locale{ lc($locale =~ s/-//gr) };
		(my $db = lc "db $name") =~ s/[^a-z0-9]+/_/g;
		$other->command_ok([ 'createdb', '-T', 'template0', @options, '--maintenance-db', $other->connstr('postgres'), $db ], "$name: created");
		$other->command_ok([ 'pg_restore', '--exit-on-error', '--dbname', $other->connstr($db), "$folder/dump-custom" ], "$name: restored");
		same_texts($other, $db, $name, $name);

		# what is committed here is as it is there
		$other->safe_psql($db, qq{
			SELECT fairdraw.open_ceremony('本地', $entropy, '公示网', '2020-06-01', true, true);
			SELECT fairdraw.commit_draw('本地', '本地/一', 'SELECT * FROM unit ORDER BY random()', '{"东城": {"n": 20, "reserve": 3}, "朝阳": 30, "西城": 5}',
				exclusions => 'TABLE exclusion', sealed => false);
			SELECT fairdraw.commit_data('本地', 'staff', 'TABLE unit');
			SELECT fairdraw.commit_data('本地', 'inspectors', 'TABLE inspector');
			SELECT fairdraw.commit_lottery('本地', '本地/派员', ARRAY['本地/一'], 'inspectors', NULL, NULL, '{"groups": {"lead": {"min": 1}}}');
			SELECT fairdraw.seal_ceremony('本地');
			SELECT fairdraw.execute_ceremony('本地', '{"a": "01382438112797316654"}');
			SELECT fairdraw.execute_lottery('本地/派员');
			\\o '$folder/$db lottery'
			SELECT fairdraw.export_lottery('本地/派员', 'auditor');
			\\o '$folder/$db'
			SELECT fairdraw.export_draw('本地/一', 'auditor');
			\\o '$folder/$db plan'
			SELECT fairdraw.plan_text('本地/一');
			\\o '$folder/$db draw'
			SELECT (d).* FROM (SELECT fairdraw.draw('TABLE unit', '{"东城": {"n": 20, "reserve": 3}, "朝阳": 30, "西城": 5}', '种子') AS d) d;
		});
		verified("$name: a draw that was committed there is accepted by fairdraw-verify", "$folder/$db");
		is($other->safe_psql($db, q{SELECT bool_and(ok) FROM fairdraw.verify_lottery('本地/派员')}), 't', "$name: verify_lottery() finds no difference in a lottery that was drawn there");
		my ($status, $answer) = fairdraw_verify("$folder/$db lottery");
		ok($status == 0 && $answer =~ /ok\s+draw\s+teams and substitutes drawn again: the same/, "$name: nor does fairdraw-verify") or diag($answer);
		is(slurp_file("$folder/$db plan"), slurp_file("$folder/db_utf8_c plan"), "$name: it has the same plan");
		is(slurp_file("$folder/$db draw"), slurp_file("$folder/db_utf8_c draw"), "$name: draw() draws the same");
	}
}

#
# Logical replication
#

$other->safe_psql('postgres', 'CREATE DATABASE replica');
$other->safe_psql('replica', q{CREATE EXTENSION fairdraw; SELECT fairdraw.setup()});
my $tables = join ', ', map { "fairdraw_data.$_" } grep { $_ ne 'agency' } @record_tables;
$node->safe_psql('original', "CREATE PUBLICATION records FOR TABLE $tables");
$other->safe_psql('replica', sprintf q{CREATE SUBSCRIPTION records CONNECTION '%s' PUBLICATION records}, $node->connstr('original') =~ s/'/''/gr);
$other->wait_for_subscription_sync($node, 'records', 'replica');
same_texts($other, 'replica', 'replica', 'logical replica, from its first copy');
# and what comes later, by the apply worker
$node->safe_psql('original', q{
	SELECT fairdraw.seal_ceremony('四月');
	SELECT fairdraw.execute_ceremony('四月', '{"a": "00000000000000000002"}')});
$node->wait_for_catchup('records');
is($other->safe_psql('replica', q{SELECT fairdraw.export_draw('抽查/二', 'auditor')}), $node->safe_psql('original', q{SELECT fairdraw.export_draw('抽查/二', 'auditor')}),
	'logical replica: what was executed later has the same bundle');
my ($ret, $stdout, $stderr) = $other->psql('replica', q{INSERT INTO fairdraw_data.disclosure VALUES ('四月', now(), 'x')});
like($stderr, qr/appended to "disclosure" by fairdraw only/, 'logical replica: nobody else appends');
$other->safe_psql('replica', 'DROP SUBSCRIPTION records');

#
# A standby
#

# it need not hold what was restored
$node->safe_psql('postgres', "DROP DATABASE restored_$_") for 'plain', 'custom';
$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;
$node->wait_for_catchup($standby, 'replay', $node->lsn('insert'));
is($standby->safe_psql('original', 'SELECT pg_is_in_recovery()'), 't', 'a standby is read-only');
same_texts($standby, 'original', 'standby', 'standby');
my $draw = q{SELECT (d).* FROM (SELECT fairdraw.draw('TABLE unit', '7', '种子') AS d) d};
is($standby->safe_psql('original', $draw), $node->safe_psql('original', $draw), 'standby: draw() draws the same');
($ret, $stdout, $stderr) = $standby->psql('original', q{SELECT fairdraw.disclose_seed('四月')});
like($stderr, qr/read-only|during recovery/, 'standby: nothing is appended');

$standby->stop;
$other->stop;
$node->stop;
done_testing();
