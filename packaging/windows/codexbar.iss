; The installer for Windows (Inno Setup 6.3 or newer). Run by build_installer.py, which defines:
;   AppVersion    1.2.3
;   FileVersion   1.2.3.0
;   SourceFolder  the frozen app
;   IconFile      the icon
;   PictureFile   the same as a bitmap, for the top of the window
;   Sign          only when files are signed; the tool "codexbar" is then the command for it
; For one user, never with elevation. It asks nothing about the user's data and never touches it.

#ifndef AppVersion
  #error Run packaging/windows/build_installer.py instead of compiling this file by hand.
#endif
#define AppName "CodexBar Qt"
#define Program "codexbar-qt.exe"
#define RunKey "Software\Microsoft\Windows\CurrentVersion\Run"
#define ApprovedKey "Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
#define RunName "CodexBarQt"

[Setup]
; Never changes: Windows finds the installed app by it.
AppId={{6B0F5D0E-2C0B-4C57-9F43-9B6E3C1D7A52}
AppName={#AppName}
AppVersion={#AppVersion}
AppVerName={#AppName} {#AppVersion}
AppPublisher=CodexBar Qt contributors
VersionInfoVersion={#FileVersion}
VersionInfoProductTextVersion={#AppVersion}
DefaultDirName={localappdata}\Programs\{#AppName}
PrivilegesRequired=lowest
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
DisableWelcomePage=yes
DisableDirPage=auto
DisableProgramGroupPage=yes
DisableReadyPage=yes
WizardStyle=modern
ShowLanguageDialog=no
SetupIconFile={#IconFile}
WizardSmallImageFile={#PictureFile}
WizardImageAlphaFormat=defined
UninstallDisplayIcon={app}\{#Program}
UninstallDisplayName={#AppName}
OutputBaseFilename=codexbar-qt-{#AppVersion}-windows-x64-setup
Compression=lzma2/max
SolidCompression=yes
ChangesEnvironment=yes
SetupMutex=CodexBarQtSetup
CloseApplications=yes
RestartApplications=no
#ifdef Sign
SignTool=codexbar
SignedUninstaller=yes
#endif

[Messages]
; The app is asked to quit first; this is shown only when it did not.
PreparingDesc=Setup is making room for [name] on this computer.
InstallingLabel=This takes a few seconds.
SelectTasksLabel2=Choose what else Setup does, then click Install.

[Tasks]
; Offered once. Afterwards the setting in the app decides, and an upgrade leaves it as it is.
Name: startatlogin; Description: "Start CodexBar when I sign in"; Flags: unchecked; Check: IsFirstInstall
Name: addtopath; Description: "Let me run the command codexbar from any terminal"; Check: IsFirstInstall

[InstallDelete]
; Modules of an older version must not stay beside the new ones.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "{#SourceFolder}\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs
; Tells the app that people update it themselves (packaging/README.md, "Where it came from").
Source: "{#SourcePath}\install-origin"; DestDir: "{app}\_internal\codexbar_qt\resources"; Flags: ignoreversion

[Icons]
Name: "{autoprograms}\{#AppName}"; Filename: "{app}\{#Program}"; Comment: "How much is left of your AI coding plans"

[Registry]
; The same value that "Start at login" in the app writes and removes.
Root: HKCU; Subkey: "{#RunKey}"; ValueType: string; ValueName: "{#RunName}"; ValueData: """{app}\{#Program}"""; Tasks: startatlogin
; What the Task Manager noted about an earlier installation would keep it switched off.
Root: HKCU; Subkey: "{#ApprovedKey}"; ValueType: none; ValueName: "{#RunName}"; Flags: deletevalue dontcreatekey; Tasks: startatlogin
Root: HKCU; Subkey: "Environment"; ValueType: expandsz; ValueName: "Path"; ValueData: "{code:PathWithApp}"; Tasks: addtopath; Check: IsMissingInPath

[Run]
Filename: "{app}\{#Program}"; Description: "Start CodexBar"; Flags: nowait postinstall skipifsilent
Filename: "{app}\{#Program}"; Flags: nowait skipifnotsilent; Check: WasRunning

[UninstallDelete]
Type: filesandordirs; Name: "{app}\_internal"
Type: dirifempty; Name: "{app}"

[Code]
var
  FoundRunning: Boolean;

function IsFirstInstall: Boolean;
begin
  Result := not FileExists(ExpandConstant('{app}\{#Program}'));
end;

{ The choices are the last page before files are written. }
procedure CurPageChanged(Page: Integer);
begin
  if Page = wpSelectTasks then
    WizardForm.NextButton.Caption := SetupMessage(msgButtonInstall);
end;

function WasRunning: Boolean;
begin
  Result := FoundRunning;
end;

{ A program that runs cannot be opened for writing. }
function IsProgramInUse: Boolean;
var
  Stream: TFileStream;
begin
  Result := False;
  if not FileExists(ExpandConstant('{app}\{#Program}')) then
    Exit;
  try
    Stream := TFileStream.Create(ExpandConstant('{app}\{#Program}'), fmOpenReadWrite or fmShareExclusive);
    Stream.Free;
  except
    Result := True;
  end;
end;

{ Asks the app to quit, which ends what it has begun in order and waits up to 15 s for it; then waits until its file is free.
  An app that has only just started does not listen yet, so it is asked again. }
procedure EndApp;
var
  Code, Turn, Look: Integer;
begin
  for Turn := 1 to 3 do
  begin
    Exec(ExpandConstant('{app}\{#Program}'), '--quit', '', SW_HIDE, ewWaitUntilTerminated, Code);
    for Look := 1 to 30 do
    begin
      if not IsProgramInUse then
        Exit;
      Sleep(100);
    end;
  end;
end;

{ Comes before Setup itself looks for programs in the way. Whatever still runs then is shown to the user. }
function PrepareToInstall(var NeedsRestart: Boolean): String;
begin
  Result := '';
  FoundRunning := IsProgramInUse;
  if FoundRunning then
    EndApp;
end;

function UserPath: String;
begin
  if not RegQueryStringValue(HKCU, 'Environment', 'Path', Result) then
    Result := '';
end;

function IsMissingInPath: Boolean;
begin
  Result := Pos(';' + Uppercase(ExpandConstant('{app}')) + ';', ';' + Uppercase(UserPath) + ';') = 0;
end;

function PathWithApp(Param: String): String;
begin
  Result := UserPath;
  if (Result <> '') and (Result[Length(Result)] <> ';') then
    Result := Result + ';';
  Result := Result + ExpandConstant('{app}');
end;

procedure RemoveFromPath;
var
  Path, Wanted: String;
  Place: Integer;
begin
  Path := ';' + UserPath + ';';
  Wanted := ';' + ExpandConstant('{app}') + ';';
  Place := Pos(Uppercase(Wanted), Uppercase(Path));
  if Place = 0 then
    Exit;
  Delete(Path, Place, Length(Wanted) - 1);
  Path := Copy(Path, 2, Length(Path) - 2);
  if Path = '' then
    RegDeleteValue(HKCU, 'Environment', 'Path')
  else
    RegWriteExpandStringValue(HKCU, 'Environment', 'Path', Path);
end;

{ The value may have been written by the app as well, or belong to another copy of it: only our own goes. }
procedure RemoveFromLogin;
var
  Command: String;
begin
  if not RegQueryStringValue(HKCU, '{#RunKey}', '{#RunName}', Command) then
    Exit;
  if Pos(Uppercase(ExpandConstant('{app}\{#Program}')), Uppercase(Command)) = 0 then
    Exit;
  RegDeleteValue(HKCU, '{#RunKey}', '{#RunName}');
  RegDeleteValue(HKCU, '{#ApprovedKey}', '{#RunName}');
end;

procedure CurUninstallStepChanged(Step: TUninstallStep);
begin
  if Step <> usUninstall then
    Exit;
  if IsProgramInUse then
    EndApp;
  RemoveFromLogin;
  RemoveFromPath;
end;
