# A register as it is in the world: 12,367 food businesses of the City of
# Chicago, drawn at 3 % of each police district.
use strict;
use warnings;

use FindBin;
use IPC::Run;

use FairdrawNode 'fairdraw_verify';
use PostgreSQL::Test::Utils;
use Test::More;

my $file = ($ENV{FAIRDRAW_SHARED} || '') . '/data/chicago/enterprises.csv';
plan skip_all => 'FAIRDRAW_SHARED is not set: no folder with the real register' unless $ENV{FAIRDRAW_SHARED};
plan skip_all => "the real register is missing: $file" unless -r $file;

my $folder = PostgreSQL::Test::Utils::tempdir;
my $node = FairdrawNode->start('chicago');

sub sql { return $node->safe_psql('postgres', $_[0]) }

sql('CREATE EXTENSION fairdraw');
sql(qq{
	SELECT fairdraw.setup('City of Chicago');
	CREATE TABLE enterprise (licence bigint PRIMARY KEY, name text, facility text, risk text, ward integer,
		police_district integer, zip text, latitude numeric, longitude numeric);
	\\copy enterprise FROM '$file' CSV HEADER
});
is(sql('SELECT count(*) FROM enterprise'), 12367, 'the register has 12,367 businesses');
# a register of another day may have others; these would have to be excluded
is(sql(q{SELECT string_agg(DISTINCT risk, ' ' ORDER BY risk) FROM enterprise}), 'high low medium', 'each has one of three risks');

# 1,559 businesses have no district, districts 21 and 81 have one business each
sql(q{
	CREATE VIEW frame AS
	SELECT licence AS uid, coalesce(police_district::text, 'none') AS stratum,
		CASE risk WHEN 'high' THEN 4 WHEN 'medium' THEN 2 WHEN 'low' THEN 1 END AS weight
	FROM enterprise;
	CREATE TABLE size AS
	SELECT stratum, count(*) AS units, ceil(count(*) * 0.03)::integer AS n FROM frame GROUP BY stratum;
	SELECT fairdraw.open_ceremony('2014-12', ARRAY['powerball public 60 2014-12-31T00:00:00Z #################### digits'], 'https://example.org',
		'2015-06-01', true, true)});
is(sql('SELECT count(*), sum(n) FROM size'), '25|386', '3 % of each of 25 districts, rounded up, are 386');
my $plan_hash = sql(q{SELECT fairdraw.commit_draw('2014-12', 'food', 'TABLE frame',
	(SELECT jsonb_object_agg(stratum, jsonb_build_object('n', n, 'reserve', n)) FROM size), register => 'SELECT licence AS uid FROM enterprise')});
my $ceremony_hash = sql(q{SELECT fairdraw.seal_ceremony('2014-12')});
sql(q{SELECT fairdraw.execute_ceremony('2014-12', '{"powerball": "01382438112797316654"}')});

is(sql(q{SELECT count(*) FROM size s FULL JOIN (SELECT stratum, count(*) AS drawn FROM fairdraw.selection('food') WHERE role <> 'reserve' GROUP BY stratum) d
	USING (stratum) WHERE s.n IS DISTINCT FROM d.drawn}), 0, 'each district has as many drawn as it should');
is(sql(q{SELECT count(*) FROM size s FULL JOIN (SELECT stratum, count(*) AS spare FROM fairdraw.selection('food') WHERE role = 'reserve' GROUP BY stratum) d
	USING (stratum) WHERE least(s.n, s.units - s.n) IS DISTINCT FROM coalesce(d.spare, 0)}), 0, 'and as large a reserve, or whom it has');
is(sql(q{SELECT count(*) FROM fairdraw.selection('food') d JOIN frame f ON f.uid::text = d.uid AND f.stratum = d.stratum AND f.weight = d.weight}),
	sql(q{SELECT count(*) FROM fairdraw.selection('food')}), 'every drawn business is in the register, with its district and weight');
is(sql(q{SELECT max(abs(d.probability - s.n::numeric * f.weight / w.total)) < 1e-12
	FROM fairdraw.selection('food') d JOIN frame f ON f.uid::text = d.uid JOIN size s ON s.stratum = f.stratum
	JOIN (SELECT stratum, sum(weight) AS total FROM frame GROUP BY stratum) w ON w.stratum = f.stratum
	WHERE d.role = 'drawn'}), 't', 'a probability is n times its share of the weights of its district');
is(sql(q{SELECT string_agg(stratum || ' ' || role, ', ' ORDER BY stratum) FROM fairdraw.selection('food') WHERE stratum IN ('21', '81')}),
	'21 certain, 81 certain', 'the only business of a district is drawn with certainty');
is(sql(q{SELECT item, detail FROM fairdraw.verify_draw('food') WHERE ok IS NOT TRUE}), '', 'verify_draw() finds no difference');

# the same by draw(), which stores nothing
my $seed_text = sql(q{SELECT string_agg(line || E'\n', '') FROM fairdraw.seed_text('2014-12') line});
my $same = q{(SELECT count(*) FROM (SELECT stratum, role, uid, ticket, weight FROM fairdraw.selection('food')
	EXCEPT SELECT stratum, role, uid, ticket, weight FROM fairdraw.draw('TABLE frame',
		(SELECT jsonb_object_agg(stratum, jsonb_build_object('n', n, 'reserve', n)) FROM size),
		(SELECT string_agg(line || E'\n', '') FROM fairdraw.seed_text('2014-12') line), 'food')) d)};
is(sql("SELECT $same"), 0, 'draw() with the text of the seed draws the same');

sql(qq{
	\\o $folder/public
	SELECT fairdraw.export_draw('food');
	\\o $folder/auditor
	SELECT fairdraw.export_draw('food', 'auditor');
	\\o
	SELECT fairdraw.disclose_seed('2014-12');
	\\o $folder/disclosed
	SELECT fairdraw.export_draw('food');
});
my $result_hash = sql('SELECT hash FROM fairdraw_data.result');
my @published = ('--ceremony-hash', $ceremony_hash, '--plan-hash', $plan_hash, '--result-hash', $result_hash);
my %says = (
	public => qr/12367 units, in order, none twice/,
	auditor => qr/ok\s+selection\s+every stratum drawn again/,
	disclosed => qr/ok\s+tickets\s+\d+, K =/);
for my $bundle ('public', 'auditor', 'disclosed')
{
	my ($status, $answer) = fairdraw_verify(@published, "$folder/$bundle");
	ok($status == 0 && $answer =~ $says{$bundle}, "fairdraw-verify accepts the bundle: $bundle") or diag($answer);
}

# a business of the largest district that was not drawn
my $uid = sql(q{SELECT min(uid) FROM frame WHERE stratum = 'none' AND uid::text NOT IN (SELECT uid FROM fairdraw.selection('food'))});
sql("\\o $folder/proof\nSELECT fairdraw.unit_proof('food', '$uid')");
my ($status, $answer) = fairdraw_verify(@published[ 0 .. 3 ], "$folder/proof");
ok($status == 0 && $answer =~ /ok\s+role\s+none, as its ticket, its weight and the cutoff line want it/,
	'a business that was not drawn can prove that it had not to be') or diag($answer);

$node->stop;
done_testing();
