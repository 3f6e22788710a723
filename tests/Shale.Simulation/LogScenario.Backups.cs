using Shale.PageLog;

namespace Shale.Simulation;

/// <summary>Backups to a directory of the same disk, so that the power fails for both.</summary>
internal sealed partial class LogScenario
{
    private ShadowLog? _backedUp;
    private bool _isBackingUp;
    private int _backup;

    /// <summary>How many backups were finished.</summary>
    public int Backups { get; private set; }

    private IDisk BackupFolder => _disk.Folder("backup");

    private void Backup()
    {
        var durable = _store.DurableLsn;
        _isBackingUp = true;
        var happens = Attempt(() =>
        {
            var info = _store.Backup(BackupFolder);
            Assert.True(info.Last >= durable, $"LSN {durable} was durable, the backup ends at {info.Last}");
            _backup = info.Number;
        });
        _isBackingUp = false;
        if (!happens) return;
        Backups++;
        _acknowledged = _store.DurableLsn;
        _backedUp = _shadow.Copy();
    }

    // What was finished is whole, and what was not is either what was there before, or whole.
    private void RecoverBackup()
    {
        var interrupted = _isBackingUp;
        _isBackingUp = false;
        if (_backedUp is null && !interrupted) return;
        if (_backedUp is null && BackupFolder.List().All(name => !name.StartsWith("backup-", StringComparison.Ordinal))) return;
        if (interrupted || _random.Next(4) == 0) CompareBackup(interrupted);
        Backup();
    }

    private void CompareBackup(bool interrupted)
    {
        using var backup = LogBackup.Open(BackupFolder);
        Assert.InRange(backup.Info.Number, _backup, _backup + (interrupted ? 1 : 0));
        var damages = backup.Verify().Damages;
        Assert.True(damages.Count == 0, $"the backup is damaged: {string.Join("; ", damages)}");
        var disk = new SimulatedDisk(1);
        backup.Restore(disk, options: _options);
        using var restored = PageStore.Open(disk, _options with { MaintainsItself = false });
        Assert.Equal(backup.Info.Last, restored.LastLsn);
        Compare(backup.Info.Number == _backup ? _backedUp! : _shadow, restored);
    }

    // Branches may have come or gone after the cut.
    private static void Compare(ShadowLog shadow, PageStore restored)
    {
        foreach (var branch in restored.Branches.Select(branch => branch.Name).Intersect(shadow.Branches))
        {
            for (var lsn = restored.OldestLsn; lsn <= restored.LastLsn; lsn = lsn.Next)
            {
                using var reader = restored.OpenReader(branch, lsn);
                Compare(shadow.At(branch, lsn), reader, $"{branch}:{lsn} of the backup");
            }
        }
    }
}
