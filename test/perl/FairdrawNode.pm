# A server of a TAP test's own that can CREATE EXTENSION fairdraw, whether it
# is installed or staged (make install DESTDIR=...), on PostgreSQL 15 and later.
#
#   use FairdrawNode;
#   my $node = FairdrawNode->start('name', @initdb_options);
#   $node->safe_psql('postgres', 'CREATE EXTENSION fairdraw');
package FairdrawNode;

use strict;
use warnings;

use Exporter 'import';
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

our @EXPORT_OK = ('fairdraw_verify');

# Whatever hangs ends the test file; a later alarm() moves the end.
$SIG{ALRM} = sub { die "the test took too long\n" };
alarm($ENV{FAIRDRAW_TAP_SECONDS} || 300);

sub config
{
	my ($option) = @_;
	my $config = $ENV{PG_CONFIG} || 'pg_config';
	my $value = `$config $option`;
	chomp $value;
	return $value;
}

# a node that is initialised but not started, for a test that has settings
sub new
{
	my ($class, $name, @initdb_options) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);
	my $conf = "fsync = off\n";

	$node->init(
		extra => [ '--encoding=UTF8', '--locale=C', @initdb_options ]);
	if (my $staged = $ENV{EXTENSION_DESTDIR})
	{
		my ($version) = config('--version') =~ /(\d+)/;
		if ($version >= 18)
		{
			$conf .= sprintf "extension_control_path = '%s%s:\$system'\n",
			  $staged, config('--sharedir');
			$conf .= sprintf "dynamic_library_path = '%s%s:\$libdir'\n",
			  $staged, config('--pkglibdir');
		}
		else
		{
			# a setting of Debian's
			$conf .= "extension_destdir = '$staged'\n";
		}
	}
	$node->append_conf('postgresql.conf', $conf);
	return $node;
}

sub start
{
	my $node = new(@_);
	$node->start;
	return $node;
}

# verify/fairdraw-verify with these arguments: exit status and answer
sub fairdraw_verify
{
	my @arguments = @_;
	my $answer = '';
	IPC::Run::run(
		[ 'python3', "$FindBin::RealBin/../../verify/fairdraw-verify", @arguments ],
		'>&', \$answer);
	return ($? >> 8, $answer);
}

# begins a transaction and changes records behind fairdraw's back, with all
# guards off; an error if nothing was changed
sub tampering
{
	my ($sql) = @_;
	return qq{
		BEGIN;
		DO \$do\$
		DECLARE
			record_table regclass;
			changed integer;
		BEGIN
			FOR record_table IN SELECT oid FROM pg_class WHERE relnamespace = 'fairdraw_data'::regnamespace AND relkind = 'r' LOOP
				EXECUTE format('ALTER TABLE %s DISABLE TRIGGER ALL', record_table);
			END LOOP;
			SET LOCAL search_path = fairdraw_data, pg_catalog;
			$sql;
			GET DIAGNOSTICS changed = ROW_COUNT;
			IF changed = 0 THEN
				RAISE EXCEPTION 'nothing was changed';
			END IF;
		END
		\$do\$;
		SAVEPOINT changed;
	};
}

1;
